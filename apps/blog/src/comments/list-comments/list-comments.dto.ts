import { PageQuerySchema } from '@cairn/http';
import type { z } from 'zod';

export const ListCommentsSchema = PageQuerySchema;
export type ListComments = z.infer<typeof ListCommentsSchema>;
