import { z } from 'zod';
import { body, coverImageUrl, excerpt, title } from '../post.dto.ts';

export const UpdatePostSchema = z
  .strictObject({ title, body, excerpt: excerpt.nullable(), coverImageUrl: coverImageUrl.nullable() })
  .partial()
  .meta({ id: 'UpdatePost', examples: [{ title: 'On cairns and paths', excerpt: null }] });
export type UpdatePost = z.infer<typeof UpdatePostSchema>;
