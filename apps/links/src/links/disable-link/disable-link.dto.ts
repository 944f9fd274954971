import { z } from 'zod';
import { reason } from '../link.dto.ts';

export const DisableLinkSchema = z
  .strictObject({ reason })
  .meta({ id: 'DisableLink', examples: [{ reason: 'Leads to a page that steals passwords' }] });
export type DisableLink = z.infer<typeof DisableLinkSchema>;
