/**
 * How hard and how long, for whatever script: its stories name the arrivals per second of a busy morning, and a profile multiplies them.
 * Arrivals are an open model: people come whether or not the system has answered those before them.
 */
export interface Profile {
  /** Seconds in which the factor goes from the one before, at first zero, to this one. */
  readonly stages: readonly { readonly seconds: number; readonly factor: number }[];
  /** Seconds from the start after which latency counts: warm-up is over, or the spike is. */
  readonly settledAfter: number;
  /** What the latency budgets are multiplied by. */
  readonly slack: number;
  /** The share of requests that may be turned away, by a 503 that says when to come back. A fault is never allowed. */
  readonly mayTurnAway: number;
}

const soakSeconds = Number(__ENV.SOAK_MINUTES ?? 10) * 60;
const jump = (factor: number) => ({ seconds: 0, factor });
const hold = (seconds: number, factor: number) => ({ seconds, factor });
const ramp = hold;

export const profiles: Readonly<Record<string, Profile>> = {
  /** Does it work at all? Beside the system on two busy cores. */
  smoke: { stages: [jump(0.2), hold(10, 0.2)], settledAfter: 2, slack: 15, mayTurnAway: 0 },
  /** A busy morning. */
  load: { stages: [ramp(10, 1), hold(50, 1), ramp(5, 0)], settledAfter: 10, slack: 1, mayTurnAway: 0 },
  /** More, step by step, than it can take: it has to turn people away, and to go on serving the others. */
  stress: {
    stages: [1, 2, 4, 6].flatMap((factor) => [ramp(5, factor), hold(10, factor)]),
    settledAfter: 5,
    slack: 40,
    mayTurnAway: 0.5,
  },
  /** Half a morning for `SOAK_MINUTES`: what leaks shows. */
  soak: { stages: [ramp(10, 0.5), hold(soakSeconds, 0.5)], settledAfter: 10, slack: 1, mayTurnAway: 0 },
  /** Everybody at once, and gone again: judged by how it is afterwards. */
  spike: {
    stages: [jump(0.3), hold(10, 0.3), ramp(2, 5), hold(8, 5), ramp(2, 0.3), hold(20, 0.3)],
    settledAfter: 30,
    slack: 2,
    mayTurnAway: 0.5,
  },
};

const name = __ENV.PROFILE ?? 'smoke';
if (!profiles[name]) throw new Error(`There is no profile "${name}": choose from ${Object.keys(profiles).join(', ')}.`);
export const profile = profiles[name];
