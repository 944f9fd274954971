import { text } from '@cairn/http';
import { z } from 'zod';

export const SuspendUserSchema = z
  .strictObject({ reason: text().trim().min(1).max(500) })
  .meta({ id: 'SuspendUser', examples: [{ reason: 'Advertising in comments' }] });
export type SuspendUser = z.infer<typeof SuspendUserSchema>;
