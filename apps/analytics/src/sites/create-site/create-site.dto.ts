import { z } from 'zod';
import { allowedOrigins, name, timeZone } from '../site.dto.ts';

export const CreateSiteSchema = z
  .strictObject({ name, timeZone: timeZone.default('UTC'), allowedOrigins: allowedOrigins.default([]) })
  .meta({ id: 'CreateSite', examples: [{ name: 'My pages', timeZone: 'Europe/Vienna' }] });
export type CreateSite = z.output<typeof CreateSiteSchema>;
