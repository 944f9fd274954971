import exec from 'k6/execution';
import type { Options, Scenario, Threshold } from 'k6/options';
import { profile } from './profiles.ts';

/** What kind of work a request is, as its budget goes by it. `aside`: before and after the load, not measured. */
export type Kind = 'read' | 'write' | 'password' | 'health' | 'refused' | 'aside';

/**
 * How many on a busy morning. Arrivals per second are an open model: people come whether or not those before them have been served. Clients are
 * a closed one, for what one client never does twice at a time: each begins its next turn when the last has ended.
 */
export type Crowd = { readonly perSecond: number } | { readonly clients: number };

export interface Plan {
  /** By the name of the function that `main.ts` exports. */
  readonly stories: Readonly<Record<string, Crowd>>;
  /** Milliseconds at the 95th percentile of what succeeds, under load; the 99th may be three times that. */
  readonly budgets: Readonly<Partial<Record<Kind, number>>>;
  readonly thresholds?: Readonly<Record<string, Threshold[]>>;
}

/** The options of a script: a scenario per story, and what must hold for all of them. */
export function plan({ stories, budgets, thresholds = {} }: Plan): Options {
  const names = Object.keys(stories);
  const all = Object.values(stories).reduce((sum, crowd) => sum + planned(crowd), 0);
  return {
    scenarios: Object.fromEntries(names.map((name) => [name, scenario(name, stories[name]!)])),
    thresholds: {
      checks: ['rate==1'],
      faults: ['count==0'],
      rate_limited: ['count==0'],
      ...(profile.served >= 0.9 && { dropped_iterations: [`count<=${all * 0.01}`] }), // more came than k6 has people for
      ...Object.fromEntries(names.map((name) => [`iterations{scenario:${name}}`, [enough(stories[name]!)]])),
      ...Object.fromEntries(
        Object.entries(budgets).flatMap(([kind, milliseconds]) => [
          [
            `http_req_duration{kind:${kind},phase:settled,expected_response:true}`,
            [`p(95)<${budget(milliseconds)}`, `p(99)<${budget(milliseconds * 3)}`],
          ],
          [`turned_away{kind:${kind}}`, [`rate<=${mayTurnAway(kind)}`]],
        ]),
      ),
      ...thresholds,
    },
    summaryTrendStats: ['avg', 'med', 'p(95)', 'p(99)', 'max', 'count'],
    setupTimeout: '5m',
    teardownTimeout: '10m',
    userAgent: 'cairn-load-tests',
    ...{ batch: 50, batchPerHost: 50 }, // all at once is meant so
  };
}

/** Nobody waits longer than this, whatever the profile. */
const PATIENCE_MS = 25_000;
const budget = (milliseconds: number) => Math.min(milliseconds * profile.slack, PATIENCE_MS);

function mayTurnAway(kind: string): number {
  if (kind === 'health') return 0; // or whoever asks would take it out of service
  return kind === 'password' ? profile.mayTurnAwayPasswords : profile.mayTurnAway;
}

/** Says of all that a story measures whether it was done while latency counts. */
export const story =
  <Data>(tell: (data: Data) => void) =>
  (data: Data) => {
    const seconds = (Date.now() - exec.scenario.startTime) / 1000;
    exec.vu.metrics.tags.phase = seconds >= profile.settledAfter ? 'settled' : 'unsettled';
    tell(data);
  };

function scenario(name: string, crowd: Crowd): Scenario {
  return 'clients' in crowd ? clients(name, crowd.clients) : arrivals(name, crowd.perSecond);
}

function arrivals(name: string, perSecond: number): Scenario {
  const perMinute = (factor: number) => Math.round(perSecond * factor * 60);
  const people = most(perSecond) + 4; // each arrival that is still being served holds one
  return {
    executor: 'ramping-arrival-rate',
    exec: name,
    timeUnit: '1m',
    startRate: perMinute(profile.startsAt),
    stages: stages(perMinute),
    preAllocatedVUs: people,
    maxVUs: people * 4,
  };
}

function clients(name: string, count: number): Scenario {
  const atOnce = (factor: number) => Math.ceil(count * factor);
  return { executor: 'ramping-vus', exec: name, startVUs: atOnce(profile.startsAt), stages: stages(atOnce) };
}

const most = (count: number) => Math.ceil(count * Math.max(...profile.stages.map(({ factor }) => factor)));
const stages = (target: (factor: number) => number) =>
  profile.stages.map(({ seconds, factor }) => ({ duration: `${seconds}s`, target: target(factor) }));

/** A threshold on nothing holds: so many turns must have been served. */
const enough = (crowd: Crowd) => `count>=${Math.max(Math.floor(planned(crowd) * profile.served), 1)}`;

/** How many turns the profile has room for. A client takes one in four seconds, or oftener. */
function planned(crowd: Crowd): number {
  const perSecond = 'clients' in crowd ? crowd.clients / 4 : crowd.perSecond;
  let [turns, before] = [0, profile.startsAt];
  for (const { seconds, factor } of profile.stages) {
    turns += (seconds * (before + factor)) / 2;
    before = factor;
  }
  return turns * perSecond;
}
