import { z } from 'zod';
import { reason } from '../comment.dto.ts';

export const HideCommentSchema = z
  .strictObject({ reason })
  .meta({ id: 'HideComment', examples: [{ reason: 'An advertisement' }] });
export type HideComment = z.infer<typeof HideCommentSchema>;
