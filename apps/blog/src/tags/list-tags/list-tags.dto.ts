import { pageOf, PageQuerySchema } from '@cairn/http';
import { z } from 'zod';

export const ListTagsSchema = PageQuerySchema;
export type ListTags = z.infer<typeof ListTagsSchema>;

export const TagCountSchema = z
  .object({
    tag: z.string().meta({ examples: ['node'] }),
    posts: z.int().meta({ description: 'How many published posts carry it', examples: [3] }),
  })
  .meta({ id: 'TagCount' });
export type TagCount = z.infer<typeof TagCountSchema>;

export const TagPageSchema = pageOf(TagCountSchema).meta({ id: 'TagPage' });
