import { pageOf, PageQuerySchema } from '@cairn/http';
import type { z } from 'zod';
import { RevisionSummarySchema } from '../revision.dto.ts';

export const ListRevisionsSchema = PageQuerySchema;
export type ListRevisions = z.infer<typeof ListRevisionsSchema>;

export const RevisionPageSchema = pageOf(RevisionSummarySchema).meta({ id: 'RevisionPage' });
