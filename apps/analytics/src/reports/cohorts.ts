const DAY_MS = 86_400_000;

/** How many of those who came for the first time in the day or week that begins with `date` were there in that of `returnedOn`. */
export interface RetentionRow {
  readonly date: string;
  readonly returnedOn: string;
  readonly visitors: number;
}

/** A cohort for each day or week between two dates, also where nobody came, with a figure for each one until the last. */
export function toCohorts(rows: readonly RetentionRow[], interval: 'day' | 'week', first: string, after: string) {
  const visitors = new Map(rows.map((row) => [`${row.date} ${row.returnedOn}`, row.visitors]));
  const step = (interval === 'week' ? 7 : 1) * DAY_MS;
  const dates: string[] = [];
  for (let day = Date.parse(first); day < Date.parse(after); day += step)
    dates.push(new Date(day).toISOString().slice(0, 10));
  return dates.map((date, index) => {
    const returned = dates.slice(index).map((on) => visitors.get(`${date} ${on}`) ?? 0);
    return { date, visitors: returned[0]!, returned };
  });
}
