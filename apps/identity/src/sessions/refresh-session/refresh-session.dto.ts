import { z } from 'zod';

export const RefreshSessionSchema = z
  .strictObject({ refreshToken: z.string().min(1).max(200) })
  .meta({ id: 'RefreshSession', examples: [{ refreshToken: 'what the login or the last refresh answered' }] });
export type RefreshSession = z.infer<typeof RefreshSessionSchema>;
