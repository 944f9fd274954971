import type { Hit } from '@cairn/contracts/events';
import type { Metrics } from '../src/reports/report.dto.ts';
import type { Condition, Interval, Period } from '../src/reports/report.ts';
import { wallClock } from './wall-clock.ts';

/* Every report once more, straight from its definition and from all hits of a site: slow, and nothing in common with what it checks. */

const GAP_MS = 30 * 60_000;
const isVisit = ({ name }: Hit) => name === 'pageview' || name === 'link-visit';
const isPerson = ({ audience }: Hit) => audience.kind === 'person';
const timeOf = ({ at }: Hit) => Date.parse(at);

export interface Session {
  readonly hits: Hit[];
}

/**
 * Each hit goes on with the last one of its visitor, or of who its visitor was yesterday, if that is less than half an hour ago and it has not
 * been four in the morning since.
 */
function sessionsOf(hits: readonly Hit[], timeZone: string): Session[] {
  const sessions: Session[] = [];
  const last = new Map<string, { session: Session; at: number }>();
  const dayOf = (at: number) => wallClock(new Date(at), timeZone).sessionDay;
  for (const hit of inOrder(hits.filter((each) => isPerson(each) && each.audience.visitor))) {
    const { visitor, visitorOfYesterday } = hit.audience;
    const goesOn = [visitor, visitorOfYesterday]
      .flatMap((who) => (who && last.get(who)) || [])
      .find(({ at }) => timeOf(hit) - at < GAP_MS && dayOf(at) === dayOf(timeOf(hit)));
    const session = goesOn?.session ?? { hits: [] };
    if (!goesOn) sessions.push(session);
    session.hits.push(hit);
    last.set(visitor!, { session, at: timeOf(hit) });
  }
  return sessions;
}

export const inOrder = (hits: readonly Hit[]) =>
  [...hits].sort((a, b) => timeOf(a) - timeOf(b) || (a.id < b.id ? -1 : 1));

const valueOf = (hit: Hit, dimension: string): string | null => {
  const utm = /^utm(.*)$/.exec(dimension)?.[1];
  if (utm) return hit.utm[utm.toLowerCase() as 'source'];
  if (dimension.startsWith('prop:')) return hit.props[dimension.slice(5)]?.toString() ?? null;
  if (dimension === 'page') return hit.path;
  if (dimension === 'name' || dimension === 'referrer') return hit[dimension];
  return hit.audience[dimension as 'country'];
};
export const meets = (hit: Hit, { dimension, value }: Condition) => valueOf(hit, dimension) === value;

export function matches(filter: readonly Condition[]): (hit: Hit) => boolean {
  const byDimension = [...Map.groupBy(filter, ({ dimension }) => dimension).values()];
  return (hit) => byDimension.every((those) => those.some((condition) => meets(hit, condition)));
}

export class BruteForce {
  readonly sessions: Session[];

  constructor(
    readonly hits: readonly Hit[],
    readonly timeZone: string,
  ) {
    this.sessions = sessionsOf(hits, timeZone);
  }

  private hitsIn({ from, to }: Period, filter: readonly Condition[]) {
    const isWanted = matches(filter);
    return this.hits.filter((hit) => timeOf(hit) >= +from && timeOf(hit) < +to && isWanted(hit));
  }

  private sessionsIn({ from, to }: Period, filter: readonly Condition[]) {
    return this.sessions.filter(
      ({ hits: [first, ...rest] }) =>
        timeOf(first!) >= +from && timeOf(first!) < +to && [first!, ...rest].some(matches(filter)),
    );
  }

  /** Visitor ids once; others once a day. */
  who(hits: readonly Hit[]) {
    const known = hits.filter((hit) => isPerson(hit) && hit.audience.visitor);
    return {
      visitors: new Set(known.filter((hit) => hit.isConsented).map(({ audience }) => audience.visitor)).size,
      visitorDays: new Set(known.filter((hit) => !hit.isConsented).map((hit) => this.whoIs(hit))).size,
    };
  }

  private whoIs(hit: Hit): string {
    return `${hit.audience.visitor} ${hit.isConsented ? '' : wallClock(new Date(hit.at), this.timeZone).date}`;
  }

  private metrics(hits: readonly Hit[], sessions: readonly Session[]): Metrics {
    const people = hits.filter(isPerson);
    const visits = people.filter(isVisit).length;
    const bounces = sessions.filter((session) => session.hits.filter(isVisit).length === 1).length;
    const ms = sessions.reduce((sum, session) => sum + timeOf(session.hits.at(-1)!) - timeOf(session.hits[0]!), 0);
    return {
      visits,
      events: people.length - visits,
      ...this.who(hits),
      sessions: sessions.length,
      bounces,
      bounceRate: sessions.length ? bounces / sessions.length : null,
      averageSeconds: sessions.length ? ms / 1000 / sessions.length : null,
      bots: hits.filter(({ audience }) => audience.kind === 'bot').length,
      previews: hits.filter(({ audience }) => audience.kind === 'preview').length,
    };
  }

  timeseries(period: Period, { interval, filter }: { interval: Interval; filter: readonly Condition[] }) {
    const bucketOf = (hit: Hit) => +wallClock(new Date(hit.at), this.timeZone)[interval];
    const hits = this.hitsIn(period, filter);
    const sessions = this.sessionsIn(period, filter);
    const starts = new Set<number>();
    for (let at = +period.from; at < +period.to; at += interval === 'minute' ? 60_000 : 900_000)
      starts.add(+wallClock(new Date(at), this.timeZone)[interval]);
    starts.add(+wallClock(new Date(+period.to - 1), this.timeZone)[interval]);
    const hitsBy = Map.groupBy(hits, bucketOf);
    const sessionsBy = Map.groupBy(sessions, ({ hits: [first] }) => bucketOf(first!));
    return {
      totals: this.metrics(hits, sessions),
      buckets: [...starts].map((at) => ({
        at: new Date(at),
        ...this.metrics(hitsBy.get(at) ?? [], sessionsBy.get(at) ?? []),
      })),
    };
  }

  breakdown(period: Period, { by, limit, filter }: { by: string; limit: number; filter: readonly Condition[] }) {
    const byValue = [...Map.groupBy(this.hitsIn(period, filter).filter(isPerson), (hit) => valueOf(hit, by))];
    const items = byValue
      .sort(
        ([a, those], [b, others]) =>
          others.length - those.length || (a === null ? 1 : b === null ? -1 : a < b ? -1 : 1),
      )
      .map(([value, hits]) => {
        const visits = hits.filter(isVisit).length;
        return { value, visits, events: hits.length - visits, ...this.who(hits) };
      });
    return { by, values: items.length, items: items.slice(0, limit) };
  }

  /** Tries every hit of the first step of every visitor. */
  funnel(
    period: Period,
    {
      step,
      windowMinutes,
      filter,
    }: { step: readonly Condition[]; windowMinutes: number; filter: readonly Condition[] },
  ) {
    const known = inOrder(this.hitsIn(period, filter).filter((hit) => isPerson(hit) && hit.audience.visitor));
    const came = step.map(() => [] as Hit[]);
    for (const hits of Map.groupBy(known, (hit) => this.whoIs(hit)).values()) {
      let best = 0;
      for (const first of hits.filter((hit) => meets(hit, step[0]!))) {
        let [at, steps] = [timeOf(first), 1];
        for (const hit of hits)
          if (
            steps < step.length &&
            timeOf(hit) > at &&
            timeOf(hit) <= timeOf(first) + windowMinutes * 60_000 &&
            meets(hit, step[steps]!)
          ) {
            at = timeOf(hit);
            steps++;
          }
        best = Math.max(best, steps);
      }
      for (let reached = 0; reached < best; reached++) came[reached]!.push(hits[0]!);
    }
    const all = came.map((hits) => this.who(hits));
    const first = all[0]!.visitors + all[0]!.visitorDays;
    return {
      windowMinutes,
      steps: all.map((who, index) => ({
        step: step[index],
        ...who,
        rate: first ? (who.visitors + who.visitorDays) / first : null,
      })),
    };
  }

  retention(period: Period, { interval }: { interval: 'day' | 'week' }) {
    const dateOf = (at: Date) => wallClock(wallClock(at, this.timeZone)[interval], this.timeZone).date;
    const seen = new Map<string, Set<string>>();
    for (const hit of inOrder(this.hits))
      if (isPerson(hit) && hit.isConsented && hit.audience.visitor)
        seen.set(hit.audience.visitor, (seen.get(hit.audience.visitor) ?? new Set()).add(dateOf(new Date(hit.at))));
    const dates: string[] = [];
    for (let at = period.from; at < period.to; at = wallClock(at, this.timeZone).tomorrow)
      if (!dates.includes(dateOf(at))) dates.push(dateOf(at));
    const cohorts = dates.map((date, index) => {
      const cohort = [...seen.values()].filter((those) => [...those][0] === date);
      const returned = dates.slice(index).map((on) => cohort.filter((those) => those.has(on)).length);
      return { date, visitors: cohort.length, returned };
    });
    return { interval, cohorts };
  }

  paths(period: Period, { length, limit, filter }: { length: number; limit: number; filter: readonly Condition[] }) {
    const found = new Map<string, number>();
    for (const { hits } of this.sessionsIn(period, filter)) {
      const pages = hits.filter((hit) => isVisit(hit) && hit.path !== null).map(({ path }) => path!);
      const told = pages.filter((page, index) => page !== pages[index - 1]).slice(0, length);
      if (told.length) found.set(JSON.stringify(told), (found.get(JSON.stringify(told)) ?? 0) + 1);
    }
    const items = [...found].map(([pages, sessions]) => ({ pages: JSON.parse(pages) as string[], sessions }));
    const inOrderOfText = (a: string[], b: string[]): number => {
      for (const [index, page] of a.entries())
        if (page !== b[index]) return b[index] === undefined || page > b[index] ? 1 : -1;
      return -1;
    };
    return { items: items.sort((a, b) => b.sessions - a.sessions || inOrderOfText(a.pages, b.pages)).slice(0, limit) };
  }

  private money(hits: readonly Hit[]) {
    const sums = new Map<string, bigint>();
    for (const { revenue } of hits)
      if (revenue) sums.set(revenue.currency, (sums.get(revenue.currency) ?? 0n) + BigInt(revenue.amount));
    return [...sums]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([currency, amount]) => ({ amount: Number(amount), currency }));
  }

  goals(period: Period, { goal, filter }: { goal: readonly Condition[]; filter: readonly Condition[] }) {
    const sessions = this.sessionsIn(period, filter).length;
    const goals = goal.map((condition) => {
      const hits = this.hitsIn(period, filter).filter((hit) => isPerson(hit) && meets(hit, condition));
      const isReached = (hit: Hit) => matches(filter)(hit) && meets(hit, condition);
      const reached = this.sessionsIn(period, []).filter((session) => session.hits.some(isReached)).length;
      return {
        goal: condition,
        hits: hits.length,
        ...this.who(hits),
        sessions: reached,
        rate: sessions ? reached / sessions : null,
        revenue: this.money(hits),
      };
    });
    return { sessions, goals };
  }

  revenue(period: Period, { interval, filter }: { interval: Interval; filter: readonly Condition[] }) {
    const hits = this.hitsIn(period, filter).filter((hit) => isPerson(hit) && hit.revenue);
    const buckets = [...Map.groupBy(hits, (hit) => +wallClock(new Date(hit.at), this.timeZone)[interval])];
    return {
      interval,
      totals: this.money(hits),
      buckets: buckets
        .sort(([a], [b]) => a - b)
        .map(([at, those]) => ({ at: new Date(at), revenue: this.money(those) })),
    };
  }
}
