import { z } from 'zod';
import { allowedOrigins, name, timeZone } from '../site.dto.ts';

export const UpdateSiteSchema = z
  .strictObject({ name, timeZone, allowedOrigins })
  .partial()
  .meta({ id: 'UpdateSite', examples: [{ allowedOrigins: ['https://example.org'] }] });
export type UpdateSite = z.output<typeof UpdateSiteSchema>;
