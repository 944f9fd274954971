const formats = new Map<string, Intl.DateTimeFormat>();

const QUARTER_MS = 900_000;
const offsets = new Map<string, number>();

/** The clock on the wall as if it were one of UTC, in milliseconds. Zones change at a quarter of an hour, so that each is asked for once. */
function shown(at: Date, timeZone: string): number {
  const quarter = Math.floor(at.getTime() / QUARTER_MS) * QUARTER_MS;
  const key = `${timeZone} ${quarter}`;
  let offset = offsets.get(key);
  if (offset === undefined) offsets.set(key, (offset = wallAt(new Date(quarter), timeZone) - quarter));
  return at.getTime() + offset;
}

function wallAt(at: Date, timeZone: string): number {
  let format = formats.get(timeZone);
  if (!format) {
    const two = '2-digit' as const;
    format = new Intl.DateTimeFormat('en-GB', { timeZone, hourCycle: 'h23', year: 'numeric', month: two, day: two, hour: two, minute: two, second: two }); // prettier-ignore
    formats.set(timeZone, format);
  }
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second);
}

/** When the wall of this zone shows it for the first time. It does not know of days without a midnight. */
function whenShown(wall: number, timeZone: string): Date {
  const guess = wall - (shown(new Date(wall), timeZone) - wall);
  return new Date(wall - (shown(new Date(guess), timeZone) - guess));
}

/** What the wall shows, by ICU's zones and not PostgreSQL's: the one is to be held against the other. */
export function wallClock(at: Date, timeZone: string) {
  const wall = shown(at, timeZone);
  const day = Math.floor(wall / 86_400_000) * 86_400_000;
  const date = new Date(day);
  const at0 = (time: number) => whenShown(time, timeZone);
  return {
    date: date.toISOString().slice(0, 10),
    minute: new Date(at.getTime() - (wall % 60_000)),
    hour: new Date(at.getTime() - (wall % 3_600_000)),
    day: at0(day),
    midnight: at0(day),
    sessionDay: new Date(wall - 4 * 3_600_000).toISOString().slice(0, 10),
    week: at0(day - ((date.getUTCDay() + 6) % 7) * 86_400_000),
    month: at0(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)),
    tomorrow: at0(day + 86_400_000),
  };
}
