/** How hard and how long, for whatever script: its stories say how many come on a busy morning, and a profile multiplies them by a factor. */
export interface Profile {
  /** The factor at the beginning. */
  readonly startsAt: number;
  /** Seconds in which the factor goes from the one before to this one. */
  readonly stages: readonly { readonly seconds: number; readonly factor: number }[];
  /** Seconds from the start after which latency counts: warm-up is over, or the spike is. */
  readonly settledAfter: number;
  /** What the latency budgets are multiplied by. */
  readonly slack: number;
  /** The share of what was planned that must be served. */
  readonly served: number;
  /** The share of requests that may be turned away, by a 503 that says when to come back. A fault is never allowed. */
  readonly mayTurnAway: number;
  /** The same of what takes a password: 160 to 250 ms of a core each, so that a crowd at the door has to wait and then to come back. */
  readonly mayTurnAwayPasswords: number;
}

const soakSeconds = Number(__ENV.SOAK_MINUTES || 10) * 60;
const go = (seconds: number, factor: number) => ({ seconds, factor });
const stay = go;

export const profiles: Readonly<Record<string, Profile>> = {
  /** Does it work at all? Beside the system on two cores that others use as well: how fast is not the question, and a lock may time out. */
  smoke: {
    ...{ startsAt: 0.2, stages: [stay(10, 0.2)], settledAfter: 2 },
    ...{ slack: 60, served: 0.5, mayTurnAway: 0.2, mayTurnAwayPasswords: 0.3 },
  },
  /** A busy morning. */
  load: {
    ...{ startsAt: 0, stages: [go(10, 1), stay(50, 1), go(5, 0)], settledAfter: 12 },
    ...{ slack: 1, served: 0.9, mayTurnAway: 0, mayTurnAwayPasswords: 0.02 },
  },
  /** More, step by step, than it can take: it has to turn people away, and to go on serving the others. */
  stress: {
    ...{ startsAt: 0, stages: [1, 2, 4, 6].flatMap((factor) => [go(5, factor), stay(10, factor)]), settledAfter: 5 },
    ...{ slack: 60, served: 0.1, mayTurnAway: 0.5, mayTurnAwayPasswords: 0.9 },
  },
  /** Half a morning for `SOAK_MINUTES`: what leaks shows. */
  soak: {
    ...{ startsAt: 0, stages: [go(10, 0.5), stay(soakSeconds, 0.5)], settledAfter: 12 },
    ...{ slack: 1, served: 0.9, mayTurnAway: 0, mayTurnAwayPasswords: 0.02 },
  },
  /** Everybody at once, and gone again: judged by how it is ten seconds afterwards. */
  spike: {
    ...{ startsAt: 0.3, stages: [stay(10, 0.3), go(2, 5), stay(8, 5), go(2, 0.3), stay(23, 0.3)], settledAfter: 32 },
    ...{ slack: 2, served: 0.1, mayTurnAway: 0.5, mayTurnAwayPasswords: 0.9 },
  },
};

const name = __ENV.PROFILE ?? 'smoke';
if (!profiles[name]) throw new Error(`There is no profile "${name}": choose from ${Object.keys(profiles).join(', ')}.`);
export const profile = profiles[name];
