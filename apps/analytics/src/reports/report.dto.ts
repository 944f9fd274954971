import { line, timestamp } from '@cairn/http';
import { z } from 'zod';
import { DIMENSIONS, INTERVALS } from './report.ts';

/* What every report is asked and answers with. REST, GraphQL, the page and the exports read the same. */

const instant = z.iso.datetime({ offset: true });
/** Beyond them there is nothing to report, and calendars run out. */
const isOfThisCentury = (text: string) => text >= '2000-01-02' && text < '2099-12-31';
const CENTURY = 'Must be of this century';
/** Times as those of UTC: RFC 3339 has offsets that PostgreSQL does not take. */
const moment = z
  .union([z.iso.date(), instant], 'A date, such as 2026-03-29, or an RFC 3339 time')
  .refine(isOfThisCentury, CENTURY)
  .transform((text) => (text.includes('T') ? new Date(text).toISOString() : text));

/** @example `country:AT`, `prop:plan:pro`, `referrer:` (none) */
const FILTER = new RegExp(`^(${DIMENSIONS.join('|')}|prop:[^:]{1,50}):([^]{0,2000})$`);
const pair = (text: string) => {
  const [, dimension, value] = FILTER.exec(text)!;
  return { dimension: dimension!, value: value === '' ? null : value! };
};
const condition = line().max(2060).regex(FILTER, 'Must be `<dimension>:<value>`, such as `country:AT`').transform(pair);
/** A field that may be repeated: one value comes alone. */
const listOf = <T extends z.ZodType>(item: T, max: number) =>
  z.preprocess((value) => (value === undefined || Array.isArray(value) ? value : [value]), z.array(item).max(max));

const period = {
  from: moment.optional().meta({
    description: 'A date of the site, or a time. Six days before today where it is absent',
    examples: ['2026-03-01'],
  }),
  to: moment.optional().meta({
    description: 'A date, and then all of that day, or a time, and then up to it. Today where it is absent',
    examples: ['2026-03-31'],
  }),
};
const filter = listOf(condition, 20)
  .default([])
  .meta({
    description:
      'What hits must be, `<dimension>:<value>`; none is the empty value. Repeated: any of one dimension, and each of the dimensions',
    examples: [['country:AT', 'prop:plan:pro']],
  });
const count = z.int().nonnegative();

/** Of a report that is asked for without its own fields. */
export const PeriodQuerySchema = z.strictObject(period);
export type PeriodQuery = z.output<typeof PeriodQuerySchema>;

export const TimeseriesQuerySchema = z.strictObject({
  ...period,
  filter,
  interval: z.enum(INTERVALS).default('day'),
  compare: z
    .enum(['previous'])
    .optional()
    .meta({ description: 'Answers with the period of the same length before it' }),
});
export type TimeseriesQuery = z.output<typeof TimeseriesQuerySchema>;

/** Those who were there. Each is exact, and none is a sum of the buckets'. */
const visitors = {
  visitors: count.meta({ description: 'Consented visitor ids, each once' }),
  visitorDays: count.meta({ description: 'Visitors without an id, each once a day of the site' }),
};
export const MetricsSchema = z
  .object({
    visits: count.meta({ description: 'Page views and visits of links, of people' }),
    events: count.meta({ description: 'What else people did' }),
    ...visitors,
    sessions: count.meta({ description: 'That began in the period' }),
    bounces: count.meta({ description: 'Sessions of one visit' }),
    bounceRate: z
      .number()
      .nullable()
      .meta({ description: 'Bounces ÷ sessions', examples: [0.42] }),
    averageSeconds: z.number().nullable().meta({ description: 'Of a session, from its first hit to its last' }),
    bots: count.meta({ description: 'Hits of bots. They count nowhere else' }),
    previews: count.meta({ description: 'Fetched by chat programs for a preview. They count nowhere else' }),
  })
  .meta({ id: 'Metrics' });
export type Metrics = z.output<typeof MetricsSchema>;

const span = {
  from: timestamp,
  to: timestamp.meta({ description: 'The first moment after it' }),
};
export const BucketSchema = z
  .object({ at: timestamp.meta({ description: 'Its begin' }), ...MetricsSchema.shape })
  .meta({ id: 'Bucket' });
const series = { ...span, totals: MetricsSchema, buckets: z.array(BucketSchema) };
export const TimeseriesSchema = z
  .object({
    timeZone: z.string().meta({ examples: ['Europe/Vienna'] }),
    interval: z.enum(INTERVALS),
    ...series,
    previous: z.object(series).meta({ id: 'PreviousPeriod' }).nullable(),
  })
  .meta({ id: 'Timeseries' });
export type Timeseries = z.input<typeof TimeseriesSchema>;

const dimension = line()
  .max(60)
  .regex(new RegExp(`^(${DIMENSIONS.join('|')}|prop:[^:]{1,50})$`), `One of ${DIMENSIONS.join(', ')} or prop:<name>`)
  .meta({ examples: ['page'] });

export const BreakdownQuerySchema = z.strictObject({
  ...period,
  filter,
  by: dimension,
  limit: z.coerce.number().int().min(1).max(1000).default(20),
});
export type BreakdownQuery = z.output<typeof BreakdownQuerySchema>;

export const BreakdownSchema = z
  .object({
    ...span,
    by: dimension,
    values: count.meta({ description: 'How many there are, beyond the limit too' }),
    items: z.array(
      z
        .object({
          value: z.string().nullable().meta({ description: 'Null where there is none' }),
          visits: count,
          events: count,
          ...visitors,
        })
        .meta({ id: 'BreakdownItem' }),
    ),
  })
  .meta({ id: 'Breakdown' });
export type Breakdown = z.input<typeof BreakdownSchema>;

const step = z.object({ dimension, value: z.string().nullable() }).meta({ id: 'Condition' });

export const FunnelQuerySchema = z.strictObject({
  ...period,
  filter,
  step: listOf(condition, 10)
    .pipe(z.array(step).min(2, 'A funnel has two steps or more'))
    .meta({
      description: '`<dimension>:<value>`, repeated in order',
      examples: [['page:/pricing', 'name:signup']],
    }),
  windowMinutes: z.coerce
    .number()
    .int()
    .min(1)
    .max(30 * 24 * 60)
    .default(24 * 60)
    .meta({ description: 'From the first step to the last' }),
});
export type FunnelQuery = z.output<typeof FunnelQuerySchema>;

export const FunnelSchema = z
  .object({
    ...span,
    windowMinutes: z.int(),
    steps: z.array(
      z
        .object({
          step,
          ...visitors,
          rate: z.number().nullable().meta({ description: 'Of those of the first step' }),
        })
        .meta({ id: 'FunnelStep' }),
    ),
  })
  .meta({ id: 'Funnel' });
export type Funnel = z.input<typeof FunnelSchema>;

export const RetentionQuerySchema = z.strictObject({
  from: z.iso
    .date()
    .optional()
    .meta({ description: 'A date in the first cohort', examples: ['2026-03-01'] }),
  to: z.iso
    .date()
    .optional()
    .meta({ description: 'A date in the last', examples: ['2026-03-31'] }),
  interval: z.enum(['day', 'week']).default('week'),
});
export type RetentionQuery = z.output<typeof RetentionQuerySchema>;

export const RetentionSchema = z
  .object({
    ...span,
    interval: z.enum(['day', 'week']),
    cohorts: z.array(
      z
        .object({
          date: z.iso
            .date()
            .meta({ description: 'The first day of the day or week in which they came for the first time' }),
          visitors: count,
          returned: z.array(count).meta({ description: 'How many of them were there 0, 1, 2 … days or weeks later' }),
        })
        .meta({ id: 'Cohort' }),
    ),
  })
  .meta({ id: 'Retention', description: 'Of consented visitors' });
export type Retention = z.input<typeof RetentionSchema>;

export const PathsQuerySchema = z.strictObject({
  ...period,
  filter,
  length: z.coerce
    .number()
    .int()
    .min(1)
    .max(10)
    .default(3)
    .meta({ description: 'How many pages of a session are told apart' }),
  limit: z.coerce.number().int().min(1).max(1000).default(20),
});
export type PathsQuery = z.output<typeof PathsQuerySchema>;

export const PathsSchema = z
  .object({
    ...span,
    items: z.array(
      z
        .object({
          pages: z
            .array(z.string())
            .meta({ description: 'One that is loaded again stands once', examples: [['/', '/pricing']] }),
          sessions: count,
        })
        .meta({ id: 'PathItem' }),
    ),
  })
  .meta({ id: 'Paths' });
export type Paths = z.input<typeof PathsSchema>;

const money = z
  .object({ amount: z.int().meta({ description: 'In minor units' }), currency: z.string().meta({ examples: ['EUR'] }) })
  .meta({ id: 'Money' });
const revenue = z.array(money).meta({ description: 'One for each currency: they are never added up' });

export const GoalsQuerySchema = z.strictObject({
  ...period,
  filter,
  goal: listOf(condition, 20)
    .pipe(z.array(step).min(1, 'Name a goal'))
    .meta({ description: '`<dimension>:<value>`, repeated', examples: [['name:signup', 'page:/thanks']] }),
});
export type GoalsQuery = z.output<typeof GoalsQuerySchema>;

export const GoalsSchema = z
  .object({
    ...span,
    sessions: count,
    goals: z.array(
      z
        .object({
          goal: step,
          hits: count,
          ...visitors,
          sessions: count.meta({ description: 'That reached it' }),
          rate: z.number().nullable().meta({ description: 'Of all sessions' }),
          revenue,
        })
        .meta({ id: 'Goal' }),
    ),
  })
  .meta({ id: 'Goals' });
export type Goals = z.input<typeof GoalsSchema>;

export const RevenueQuerySchema = z.strictObject({ ...period, filter, interval: z.enum(INTERVALS).default('day') });
export type RevenueQuery = z.output<typeof RevenueQuerySchema>;

export const RevenueSchema = z
  .object({
    ...span,
    interval: z.enum(INTERVALS),
    totals: revenue,
    buckets: z.array(z.object({ at: timestamp, revenue }).meta({ id: 'RevenueBucket' })),
  })
  .meta({ id: 'Revenue' });
export type Revenue = z.input<typeof RevenueSchema>;
