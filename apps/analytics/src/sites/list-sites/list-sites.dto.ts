import { PageQuerySchema, pageOf } from '@cairn/http';
import { z } from 'zod';
import { SiteSchema } from '../site.dto.ts';

export const ListSitesSchema = PageQuerySchema.extend({ kind: SiteSchema.shape.kind.optional() });
export type ListSites = z.infer<typeof ListSitesSchema>;

export const SitePageSchema = pageOf(SiteSchema).meta({ id: 'SitePage' });
