import { z } from 'zod';

export const LikeSchema = z
  .object({
    liked: z.boolean().meta({ description: 'Whether you like the post' }),
    likeCount: z.int().meta({ description: 'How many do' }),
  })
  .meta({ id: 'Like' });
export type LikeView = z.input<typeof LikeSchema>;
