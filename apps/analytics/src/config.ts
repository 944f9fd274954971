import { AuthConfigSchema } from '@cairn/auth';
import { CachingConfigSchema } from '@cairn/caching';
import { DatabaseConfigSchema } from '@cairn/database';
import { MessagingConfigSchema, SpoolConfigSchema } from '@cairn/messaging';
import { VisitorsConfigSchema } from '@cairn/visitors';
import { z } from 'zod';

/** The environment of analytics. */
export const ConfigSchema = z.object({
  ...DatabaseConfigSchema.shape,
  ...AuthConfigSchema.shape,
  ...MessagingConfigSchema.shape,
  ...SpoolConfigSchema.shape,
  ...CachingConfigSchema.shape,
  ...VisitorsConfigSchema.shape,
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .meta({
      description: 'The origin under which clients reach the gateway',
      example: 'https://go.example.org',
    }),
  RAW_DAYS: z.coerce.number().int().min(8).max(3_650).default(400).meta({
    description: 'For how many days raw hits are kept; reports of rolled up hours stay',
  }),
});
export type Config = z.infer<typeof ConfigSchema>;
