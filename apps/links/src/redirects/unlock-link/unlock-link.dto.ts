import { z } from 'zod';
import { password } from '../../links/link.dto.ts';

export const UnlockingSchema = z
  .strictObject({ password })
  .meta({ id: 'Unlocking', examples: [{ password: 'sesame' }] });
export type Unlocking = z.infer<typeof UnlockingSchema>;
