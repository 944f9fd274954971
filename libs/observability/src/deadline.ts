import { requestContext } from './request-context.ts';

/** Milliseconds that are left for the answer: it can only shorten what a process would take anyway. */
export const DEADLINE_HEADER = 'x-request-timeout-ms';

/** Whoever would wait for longer is no request any more. */
const LONGEST_MS = 60_000;
/** What a service takes for a request at most, whatever its caller would wait. */
const OWN_BOUND_MS = 30_000;

const WHOLE_NUMBER = /^[1-9]\d{0,4}$/;

/** When the answer is due, by the monotonic clock (performance.now); undefined where the header says nothing that counts. */
export function deadlineFrom(header: unknown, now = performance.now()): number | undefined {
  if (typeof header !== 'string' || !WHOLE_NUMBER.test(header)) return undefined;
  const milliseconds = Number(header);
  return milliseconds > LONGEST_MS ? undefined : now + Math.min(milliseconds, OWN_BOUND_MS);
}

/** Milliseconds until the answer to the request under way is due, 0 when that is over; undefined where nobody has said. */
export function remainingMs(): number | undefined {
  const deadline = requestContext.getStore()?.deadline;
  return deadline === undefined ? undefined : Math.max(0, deadline - performance.now());
}

/** For work that others wait for too, as one look-up for many requests: what it answers must not depend on the hurry of whoever was first. */
export function withoutDeadline<T>(work: () => T): T {
  const context = requestContext.getStore();
  return context?.deadline === undefined ? work() : requestContext.run({ ...context, deadline: undefined }, work);
}
