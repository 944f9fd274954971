/** How long the buckets of a report are, by the clock and calendar of the site: a day has 23 to 25 hours, a week begins on Monday. */
export const INTERVALS = ['minute', 'hour', 'day', 'week', 'month'] as const;
export type Interval = (typeof INTERVALS)[number];

/** What hits are told apart by; `prop:<name>` for the properties that a site gives them. */
export const DIMENSIONS = [
  'page',
  'name',
  'referrer',
  'utmSource',
  'utmMedium',
  'utmCampaign',
  'utmTerm',
  'utmContent',
  'country',
  'device',
  'browser',
  'os',
] as const;

/** What a hit must be: null is none. */
export interface Condition {
  /** One of DIMENSIONS, or `prop:<name>`. */
  readonly dimension: string;
  readonly value: string | null;
}

/** From its first moment to the first one after it. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}
