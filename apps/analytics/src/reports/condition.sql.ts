import type { Condition, DIMENSIONS } from './report.ts';

type Dimension = (typeof DIMENSIONS)[number];

const COLUMNS: Readonly<Record<Dimension, string>> = {
  page: 'path',
  name: 'name',
  referrer: 'referrer',
  utmSource: 'utm_source',
  utmMedium: 'utm_medium',
  utmCampaign: 'utm_campaign',
  utmTerm: 'utm_term',
  utmContent: 'utm_content',
  country: 'country',
  device: 'device',
  browser: 'browser',
  os: 'os',
};

/** The values of a statement that is put together: each is known by the place that it was given. */
export class Values {
  readonly list: unknown[] = [];

  add(value: unknown): string {
    return `$${this.list.push(value)}`;
  }
}

/** What a hit is told apart by, as text. */
export function columnOf(dimension: string, values: Values): string {
  if (dimension.startsWith('prop:')) return `props ->> ${values.add(dimension.slice(5))}::text`;
  return COLUMNS[dimension as Dimension];
}

export function isMet({ dimension, value }: Condition, values: Values): string {
  const column = columnOf(dimension, values);
  return value === null ? `(${column}) IS NULL` : `(${column}) = ${values.add(value)}::text`;
}

/** Any of one dimension, and each of the dimensions. */
export function areMet(conditions: readonly Condition[], values: Values): string {
  const byDimension = [...Map.groupBy(conditions, ({ dimension }) => dimension).values()];
  return ['true', ...byDimension.map((those) => `(${those.map((each) => isMet(each, values)).join(' OR ')})`)].join(
    ' AND ',
  );
}
