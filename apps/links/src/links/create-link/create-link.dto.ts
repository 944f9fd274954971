import { z } from 'zod';
import { NewLinkShape, refineNewLink } from '../new-link.dto.ts';

export const CreateLinkSchema = z
  .strictObject(NewLinkShape)
  .superRefine(refineNewLink)
  .meta({
    id: 'CreateLink',
    examples: [{ url: 'https://example.org/a/long/path', title: 'Summer sale', tags: ['summer-2026'] }],
  });
export type CreateLink = z.output<typeof CreateLinkSchema>;
