import { z } from 'zod';
import { IdSchema } from '../ids.ts';
import { AudienceSchema } from './audience.ts';
import { defineEvent } from './event-contract.ts';

const short = z.string().max(255).nullable();

export const HitSchema = z.object({
  /** The client's own, by which what it sends twice is counted once. */
  id: z.uuid(),
  siteId: IdSchema,
  /** When it happened: the client's clock, corrected by what it is ahead or behind. */
  at: z.iso.datetime(),
  /** When we were told. */
  receivedAt: z.iso.datetime(),
  /** `pageview`, or what the site calls it. */
  name: z
    .string()
    .min(1)
    .max(100)
    .meta({ examples: ['pageview'] }),
  /** The path of the page without what may tell of a person; null where there is no page. */
  path: z
    .string()
    .max(2000)
    .nullable()
    .meta({ examples: ['/pricing'] }),
  referrer: short.meta({ examples: ['news.example'] }),
  utm: z.object({ source: short, medium: short, campaign: short, term: short, content: short }),
  props: z.record(z.string().max(50), z.union([z.string().max(500), z.number(), z.boolean()])),
  /** In minor units, by ISO 4217. */
  revenue: z
    .object({
      amount: z.int(),
      currency: z
        .string()
        .regex(/^[A-Z]{3}$/)
        .meta({ examples: ['EUR'] }),
    })
    .nullable(),
  /** Whether `audience.visitor` is an id that the visitor agreed to, and so the same on other days. */
  isConsented: z.boolean(),
  audience: AudienceSchema,
});
export type Hit = z.output<typeof HitSchema>;

export const hitsReceived = defineEvent('analytics.hits-received.v1', {
  description:
    'Page views and other events of sites, as their pages told of them: those of one moment of one process together, in no order. It carries no address.',
  schema: z.object({ batchId: IdSchema, hits: z.array(HitSchema).min(1).max(500) }),
  subjectOf: ({ batchId }) => batchId,
});
