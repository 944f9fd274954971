import { z } from 'zod';
import { body, coverImageUrl, excerpt, tags, title } from '../post.dto.ts';

export const UpdatePostSchema = z
  .strictObject({ title, body, excerpt: excerpt.nullable(), coverImageUrl: coverImageUrl.nullable(), tags })
  .partial()
  .meta({ id: 'UpdatePost', examples: [{ title: 'On cairns and paths', excerpt: null }] });
export type UpdatePost = z.infer<typeof UpdatePostSchema>;
