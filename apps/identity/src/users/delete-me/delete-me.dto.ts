import { z } from 'zod';

export const DeleteMeSchema = z
  .strictObject({ password: z.string().max(1_000) })
  .meta({ id: 'DeleteMe', examples: [{ password: 'correct horse battery' }] });
export type DeleteMe = z.infer<typeof DeleteMeSchema>;
