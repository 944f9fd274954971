import type { Hit } from '@cairn/contracts/events';

const DAY_MS = 86_400_000;

/** For how many days it is known which hits were stored, from when they were. */
export const KNOWN_DAYS = 15;
/** One that was received longer ago than that is not stored any more: it may have been before, and be forgotten. A day less than they are known. */
const NOT_FORGOTTEN_DAYS = KNOWN_DAYS - 1;

export interface Kept {
  /** For how many days raw hits are kept. */
  readonly rawDays: number;
}

export type Age = 'storable' | 'too-old' | 'too-late' | 'in-the-future';

/** Whether a hit can still be stored, by the database's clock. Its day may be dropped when it ended `rawDays` ago: one day before that it is too old. */
export function ageOf({ at, receivedAt }: Pick<Hit, 'at' | 'receivedAt'>, now: Date, { rawDays }: Kept): Age {
  const happened = Date.parse(at);
  if (happened > now.getTime() + DAY_MS) return 'in-the-future';
  if (happened < startOfDay(now) - (rawDays - 1) * DAY_MS) return 'too-old';
  return Date.parse(receivedAt) < now.getTime() - NOT_FORGOTTEN_DAYS * DAY_MS ? 'too-late' : 'storable';
}

const startOfDay = (time: Date) => Math.floor(time.getTime() / DAY_MS) * DAY_MS;
