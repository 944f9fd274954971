import { IdSchema } from '@cairn/contracts';
import { z } from 'zod';
import { body } from '../comment.dto.ts';

export const CreateCommentSchema = z
  .strictObject({ body, parentId: IdSchema.nullable().default(null) })
  .meta({ id: 'CreateComment', examples: [{ body: 'Well *said*.' }] });
export type CreateComment = z.infer<typeof CreateCommentSchema>;
