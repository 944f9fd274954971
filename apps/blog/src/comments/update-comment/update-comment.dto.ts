import { z } from 'zod';
import { body } from '../comment.dto.ts';

export const UpdateCommentSchema = z
  .strictObject({ body })
  .partial()
  .meta({ id: 'UpdateComment', examples: [{ body: 'Better *said*.' }] });
export type UpdateComment = z.infer<typeof UpdateCommentSchema>;
