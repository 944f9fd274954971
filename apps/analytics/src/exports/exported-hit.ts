import { csvRecord, type Cell } from '../csv.ts';

/**
 * A row as it leaves. Not with it go the visitor's hashes: they are pseudonyms (GDPR, article 4, 5), and in a file that has left us nobody could keep what is
 * promised of them: that the cookieless ones mean nothing any more when their day is over, and that a person's data go when that is asked for.
 */
export interface ExportedHit {
  readonly id: string;
  readonly at: Date;
  readonly receivedAt: Date;
  readonly name: string;
  readonly kind: string;
  readonly isConsented: boolean;
  readonly path: string | null;
  readonly referrer: string | null;
  readonly utmSource: string | null;
  readonly utmMedium: string | null;
  readonly utmCampaign: string | null;
  readonly utmTerm: string | null;
  readonly utmContent: string | null;
  readonly country: string | null;
  readonly device: string;
  readonly browser: string | null;
  readonly os: string | null;
  readonly props: Record<string, unknown> | null;
  /** In minor units, as a text: no number of JSON is exact enough for all of them. */
  readonly amount: string | null;
  readonly currency: string | null;
}

/** The columns of a CSV file and the members of an object, in this order. */
export const EXPORTED = [
  ...['id', 'at', 'receivedAt', 'name', 'kind', 'isConsented', 'path', 'referrer'],
  ...['utmSource', 'utmMedium', 'utmCampaign', 'utmTerm', 'utmContent'],
  ...['country', 'device', 'browser', 'os', 'props', 'amount', 'currency'],
] as readonly (keyof ExportedHit)[];

export const formats = {
  csv: {
    contentType: 'text/csv; charset=utf-8; header=present',
    head: csvRecord(EXPORTED),
    line: ({ amount, ...hit }: ExportedHit) =>
      csvRecord(EXPORTED.map((column) => (column === 'amount' ? amount && BigInt(amount) : cellOf(hit[column])))),
  },
  json: {
    contentType: 'application/x-ndjson; charset=utf-8',
    head: '',
    line: (hit: ExportedHit) => `${JSON.stringify(hit)}\n`,
  },
} as const;

const cellOf = (value: ExportedHit[keyof ExportedHit]): Cell =>
  typeof value === 'object' && value !== null && !(value instanceof Date) ? JSON.stringify(value) : value;
