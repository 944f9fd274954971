import { line } from '@cairn/http';
import { z } from 'zod';

const MAX_PROPS = 20;
/** Sums of it stay exact far beyond what one who sends nonsense gets in (2^53 is 900,719 times this). */
const MOST_MONEY = 10_000_000_000;

export const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const MoneySchema = z
  .strictObject({
    amount: z
      .int('Must be a whole number of minor units, such as cents')
      .min(-MOST_MONEY)
      .max(MOST_MONEY)
      .meta({ description: 'In minor units; less than nothing is given back', examples: [1999] }),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'Must be three capital letters, as ISO 4217 has them')
      .meta({ examples: ['EUR'] }),
  })
  .meta({ id: 'HitRevenue' });

/** A row as a page sends it. */
export const HitRowSchema = z
  .strictObject({
    id: z.uuid().toLowerCase().optional().meta({ description: 'Yours, so that what is sent twice is counted once' }),
    name: line().min(1).max(100).default('pageview'),
    at: time.optional().meta({ description: 'When it happened, by your clock; when not given: now' }),
    url: z
      .string()
      .max(4_000)
      .optional()
      .meta({
        description: 'Of the page. Its path and utm_* are kept, without e-mail addresses and tokens',
        examples: ['https://example.org/pricing?utm_source=newsletter'],
      }),
    referrer: z.string().max(4_000).nullish().meta({ description: 'Only its host is kept' }),
    props: z
      .record(line().min(1).max(50), z.union([line().max(500), z.number(), z.boolean()]))
      .refine((props) => Object.keys(props).length <= MAX_PROPS, `At most ${MAX_PROPS}`)
      .default({})
      .meta({ examples: [{ plan: 'team' }] }),
    revenue: MoneySchema.nullish(),
    visitorId: line().min(1).max(200).nullish().meta({
      description:
        'An id that the visitor has agreed to. It is hashed with a secret of the site before it goes anywhere',
    }),
  })
  .meta({ id: 'HitRow' });
export type HitRow = z.output<typeof HitRowSchema>;
