/** A calendar day as a time zone has it: 23 to 25 hours, and at a change of offset whatever that leaves. In milliseconds since 1970. */
export interface SiteDay {
  /** `2026-11-26` */
  readonly day: string;
  readonly beginsAt: number;
  /** The first moment of the next. */
  readonly endsAt: number;
}

const HOUR = 3_600_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** @throws RangeError for a time zone that there is not */
export function siteDay(timeZone: string, at: number): SiteDay {
  const day = dayOf(timeZone, at);
  return {
    day,
    beginsAt: firstMoment(at - 26 * HOUR, at, (moment) => dayOf(timeZone, moment) >= day),
    endsAt: firstMoment(at, at + 26 * HOUR, (moment) => dayOf(timeZone, moment) > day),
  };
}

function dayOf(timeZone: string, at: number): string {
  let format = formats.get(timeZone);
  if (!format) formats.set(timeZone, (format = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' })));
  return format.format(at);
}

/** The first in (from, to] for which `isSo`, which holds at `to` and, once it holds, for ever. */
function firstMoment(from: number, to: number, isSo: (moment: number) => boolean): number {
  while (to - from > 1) {
    const middle = Math.floor((from + to) / 2);
    if (isSo(middle)) to = middle;
    else from = middle;
  }
  return to;
}
