import { z } from 'zod';
import { reason } from '../../links/link.dto.ts';

export const DisableHostSchema = z
  .strictObject({ reason })
  .meta({ id: 'DisableHost', examples: [{ reason: 'Spreads malware' }] });
export type DisableHost = z.infer<typeof DisableHostSchema>;
