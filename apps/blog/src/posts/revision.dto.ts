import { timestamp } from '@cairn/http';
import { z } from 'zod';

/** A version in a path. */
export const VersionSchema = z.coerce.number().int().min(1).max(2_147_483_647);

/** A revision in a list. */
export const RevisionSummarySchema = z
  .object({
    version: z.int().meta({ description: 'Of the post, with this content' }),
    title: z.string(),
    tags: z.array(z.string()),
    editorId: z.uuid(),
    createdAt: timestamp,
  })
  .meta({ id: 'RevisionSummary' });
export type RevisionSummary = z.input<typeof RevisionSummarySchema>;

/** A revision by itself: all that its editor wrote. */
export const RevisionSchema = RevisionSummarySchema.extend({
  body: z.string(),
  excerpt: z.string().nullable(),
  coverImageUrl: z.string().nullable(),
}).meta({ id: 'Revision' });
export type RevisionView = z.input<typeof RevisionSchema>;
