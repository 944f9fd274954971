import { oneLine } from './tail-line.ts';

export interface DeadLetter {
  readonly id: string;
  readonly eventId: string;
  readonly group: string;
  readonly type: string | null;
  readonly topic: string;
  readonly key: string;
  readonly state: string;
  readonly reason: string | null;
  readonly attempts: number;
  readonly failedAt: string | null;
  readonly waiting: number;
}

export interface DeadLetterDetails extends DeadLetter {
  readonly parkedAt: string;
  readonly retryAt: string | null;
  readonly position: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly record: string;
  readonly stack: string | null;
}

/** One of a list, in two lines. */
export function summaryOf({ id, type, key, group, reason, attempts, failedAt, waiting }: DeadLetter): string {
  const behind = waiting ? `, ${waiting} behind it` : '';
  const tries = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  return `${id.padStart(6)}  ${failedAt ?? ''}  ${oneLine(type ?? 'unreadable')}  key ${oneLine(key)}
        ${firstLine(reason)} (group ${group}, ${tries}${behind})`;
}

/** All that there is to know of one. */
export function detailsOf(letter: DeadLetterDetails): string {
  const { record, stack, headers, ...rest } = letter;
  const rows = Object.entries(rest).filter(([, value]) => value !== null);
  return [
    ...rows.map(([name, value]) => `${name.padEnd(10)}${firstLine(String(value))}`),
    ...Object.entries(headers).map(([name, value]) => oneLine(`${'header'.padEnd(10)}${name}: ${value}`)),
    '',
    lines(pretty(record)),
    ...(stack ? ['', lines(stack)] : []),
  ].join('\n');
}

const firstLine = (text: string | null) => oneLine(text?.split('\n', 1)[0] ?? '');
const lines = (text: string) => text.split('\n').map(oneLine).join('\n');

function pretty(record: string): string {
  try {
    return JSON.stringify(JSON.parse(record), null, 2);
  } catch {
    return record;
  }
}
