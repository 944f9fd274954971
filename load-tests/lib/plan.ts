import exec from 'k6/execution';
import type { Options, Scenario, Threshold } from 'k6/options';
import { profile } from './profiles.ts';

/** What kind of work a request is, as its budget goes by it. */
export type Kind = 'read' | 'write' | 'password' | 'health' | 'refused';

export interface Plan {
  /** Arrivals per second on a busy morning, by the name of the function that `main.ts` exports. */
  readonly stories: Readonly<Record<string, number>>;
  /** Milliseconds at the 95th percentile of what succeeds, under load; the 99th may be three times that. */
  readonly budgets: Readonly<Partial<Record<Kind, number>>>;
  /** The share of requests of a kind that may be turned away, where it is not the profile's. */
  readonly mayTurnAway?: Readonly<Partial<Record<Kind, number>>>;
  readonly thresholds?: Readonly<Record<string, Threshold[]>>;
}

/** The options of a script: a scenario per story, and what must hold for all of them. */
export function plan({ stories, budgets, mayTurnAway = {}, thresholds = {} }: Plan): Options {
  const names = Object.keys(stories);
  return {
    scenarios: Object.fromEntries(names.map((name) => [name, arrivals(name, stories[name]!)])),
    thresholds: {
      checks: ['rate==1'],
      faults: ['count==0'],
      rate_limited: ['count==0'],
      ...(profile.mayTurnAway === 0 && { dropped_iterations: ['count==0'] }), // k6 itself could not keep up
      ...Object.fromEntries(names.map((name) => [`iterations{scenario:${name}}`, [enough(stories[name]!)]])),
      ...Object.fromEntries(
        Object.entries(budgets).flatMap(([kind, milliseconds]) => [
          [
            `http_req_duration{kind:${kind},phase:settled,expected_response:true}`,
            [`p(95)<${milliseconds * profile.slack}`, `p(99)<${milliseconds * profile.slack * 3}`],
          ],
          [`turned_away{kind:${kind}}`, [`rate<=${mayTurnAway[kind as Kind] ?? profile.mayTurnAway}`]],
        ]),
      ),
      ...thresholds,
    },
    summaryTrendStats: ['avg', 'med', 'p(95)', 'p(99)', 'max', 'count'],
    setupTimeout: '2m',
    teardownTimeout: '10m',
    noConnectionReuse: false,
    userAgent: 'cairn-load-tests',
  };
}

/** Says of all that a story measures whether it was done while latency counts. */
export const story =
  <Data>(tell: (data: Data) => void) =>
  (data: Data) => {
    const seconds = (Date.now() - exec.scenario.startTime) / 1000;
    exec.vu.metrics.tags.phase = seconds >= profile.settledAfter ? 'settled' : 'unsettled';
    tell(data);
  };

function arrivals(name: string, perSecond: number): Scenario {
  const [first, ...rest] = profile.stages;
  const perMinute = (factor: number) => Math.max(Math.round(perSecond * factor * 60), factor ? 30 : 0);
  const startsAtOnce = first!.seconds === 0;
  const most = perSecond * Math.max(...profile.stages.map(({ factor }) => factor));
  const people = Math.ceil(most) + 4; // each arrival that is still being served holds one
  return {
    executor: 'ramping-arrival-rate',
    exec: name,
    timeUnit: '1m',
    startRate: startsAtOnce ? perMinute(first!.factor) : 0,
    stages: (startsAtOnce ? rest : profile.stages).map(({ seconds, factor }) => ({
      duration: `${seconds}s`,
      target: perMinute(factor),
    })),
    preAllocatedVUs: people,
    maxVUs: people * 4,
    gracefulStop: '30s',
  };
}

/** A threshold on nothing holds: nine tenths of the arrivals that were planned must have been served, or anybody where the system may turn them away. */
function enough(perSecond: number): string {
  if (profile.mayTurnAway) return 'count>=1';
  let [planned, before] = [0, 0];
  for (const { seconds, factor } of profile.stages) {
    planned += (seconds * (before + factor)) / 2;
    before = factor;
  }
  return `count>=${Math.floor(planned * perSecond * 0.9)}`;
}
