import type { Audience } from '@cairn/contracts/events';
import { v7 as uuidv7 } from 'uuid';
import { consentedVisitor, type Receipt } from './new-hit.mapper.ts';
import { withoutPersonal } from './personal-text.ts';

/** What was known when a row came: so that a replayed one counts as if it had been right at once. */
export interface Received {
  readonly at: string;
  readonly sentAt: string | null;
  readonly audience: Audience;
  readonly consented: string | null;
}

export interface RejectedRow {
  readonly id: string;
  readonly siteId: string;
  readonly row: unknown;
  readonly reason: string;
  readonly received: Received;
}

export function rejectedRow(
  row: unknown,
  errors: readonly { path: string; message: string }[],
  receipt: Receipt,
): RejectedRow {
  // prettier-ignore
  const { site, audience, sentAt, receivedAt } = receipt;
  const { visitorId, ...rest } = isRecord(row) ? row : { visitorId: undefined, row };
  return {
    id: uuidv7(),
    siteId: site.id,
    row: short(withoutSecrets(isRecord(row) ? rest : row)),
    reason: withoutPersonal(storable(errors.map(toSentence).join('; ')).slice(0, 1_000)).toWellFormed(),
    received: {
      at: receivedAt.toISOString(),
      sentAt: sentAt?.toISOString() ?? null,
      audience,
      consented:
        audience.visitor !== null && typeof visitorId === 'string' && visitorId
          ? consentedVisitor(site, visitorId)
          : null,
    },
  };
}

/** The path holds names of fields, which may be anything. */
const toSentence = ({ path, message }: { path: string; message: string }) => (path ? `${path}: ${message}` : message);

/** Characters of a row as JSON. Of a larger one its beginning is kept, as text. */
const MOST_ROW = 8_000;
const BEGINNING = 2_000;

function short(row: unknown): unknown {
  const text = JSON.stringify(row) ?? 'null';
  return text.length > MOST_ROW ? `${text.slice(0, BEGINNING).toWellFormed()}…` : row;
}

const MOST_TEXT = 4_000;
const MOST_FIELDS = 50;
const DEEPEST = 3;

/** What somebody sent who did not keep to the rules, cut to what can be looked at. Dates are of rows that were read already. */
function withoutSecrets(value: unknown, depth = 0): unknown {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'string') return withoutPersonal(storable(value).slice(0, MOST_TEXT)).toWellFormed();
  if (typeof value !== 'object' || value === null) return value;
  if (depth === DEEPEST) return '…';
  if (Array.isArray(value)) return value.slice(0, MOST_FIELDS).map((each) => withoutSecrets(each, depth + 1));
  const fields = Object.entries(value).slice(0, MOST_FIELDS);
  return Object.fromEntries(fields.map(([key, each]) => [withoutPersonal(storable(key).slice(0, 100)), withoutSecrets(each, depth + 1)])); // prettier-ignore
}

/** jsonb takes no NUL. */
const storable = (text: string) => text.replaceAll('\u0000', '\ufffd').toWellFormed();

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
