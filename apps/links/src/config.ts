import { AuthConfigSchema } from '@cairn/auth';
import { CachingConfigSchema } from '@cairn/caching';
import { DatabaseConfigSchema } from '@cairn/database';
import { MessagingConfigSchema, SpoolConfigSchema } from '@cairn/messaging';
import { commaSeparated, ProcessConfigSchema } from '@cairn/service/environment';
import { VisitorsConfigSchema } from '@cairn/visitors';
import { z } from 'zod';
import { toHost } from './links/target.ts';

/** Hosts in one spelling. */
const hosts = () =>
  commaSeparated().transform((names, context) =>
    names.map((name) => {
      const host = toHost(name);
      if (host === undefined) context.addIssue(`"${name}" is no host`);
      return host ?? '';
    }),
  );

/** The environment of links. */
export const ConfigSchema = z.object({
  ...DatabaseConfigSchema.shape,
  ...AuthConfigSchema.shape,
  ...MessagingConfigSchema.shape,
  ...SpoolConfigSchema.shape,
  ...CachingConfigSchema.shape,
  ...VisitorsConfigSchema.shape,
  TRUSTED_PROXIES: ProcessConfigSchema.shape.TRUSTED_PROXIES,
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .meta({
      description: 'The origin under which clients reach the gateway',
      example: 'https://go.example.org',
    }),
  CODE_SECRET: z.string().min(32).meta({
    description:
      'Codes are made by it, so that none tells the next. Never to be changed: another gives codes that are taken; 32 characters or more',
    example: 'at least thirty-two random characters',
  }),
  OWN_HOSTS: hosts().meta({
    description:
      'Other names of ours than that in `PUBLIC_URL`, separated by commas: no link may lead to one, and who comes from there comes from ourselves',
  }),
  BLOCKED_HOSTS: hosts().meta({
    description: 'Hosts and domains to which no link may lead, separated by commas; moderators disable others',
  }),
  QUARANTINE_DAYS: z.coerce
    .number()
    .min(0)
    .max(3_650)
    .default(90)
    .meta({ description: 'How long the code of a deleted link is given to nobody' }),
  ANONYMOUS_LINKS: z.stringbool().default(false).meta({ description: 'Lets people shorten who are not signed in' }),
  ANONYMOUS_LINKS_PER_HOUR: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(10)
    .meta({ description: 'From one address, or one IPv6 /64' }),
  ANONYMOUS_LINK_DAYS: z.coerce
    .number()
    .positive()
    .max(3_650)
    .default(30)
    .meta({ description: 'How long a link lives that nobody owns' }),
});
export type Config = z.infer<typeof ConfigSchema>;
