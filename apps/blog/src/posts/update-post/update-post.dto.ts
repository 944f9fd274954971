import { z } from 'zod';
import { body, excerpt, title } from '../post.dto.ts';

export const UpdatePostSchema = z
  .strictObject({ title, body, excerpt: excerpt.nullable() })
  .partial()
  .meta({ id: 'UpdatePost', examples: [{ excerpt: null }] });
export type UpdatePost = z.infer<typeof UpdatePostSchema>;
