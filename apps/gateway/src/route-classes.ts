import type { RouteClass } from './config.ts';

const MiB = 1_048_576;

/**
 * What a caller may ask of a route, by what the route costs. `read` is GET and HEAD, `write` the rest, unless the topology says else.
 * `npm start` sets ample ones in their place (`LOCAL_LIMITS` of infra/local/environment.ts): set ROUTE_CLASSES to see these.
 */
export const ROUTE_CLASSES: Readonly<Record<string, RouteClass>> = {
  read: { maxBody: MiB, deadlineMs: 15_000, burst: 400, perMinute: 2_400, exact: false, retries: true },
  write: { maxBody: MiB, deadlineMs: 15_000, burst: 100, perMinute: 600, exact: false, retries: true },
  /** Guesses at a password, and what makes an account. Identity has limits of its own behind it, by account. */
  'sign-in': { maxBody: 16 * 1024, deadlineMs: 15_000, burst: 20, perMinute: 60, exact: true, retries: true },
  /** Following a short link: cheap, and offices and schools share an address. What may have been counted as a visit is not asked again. */
  redirect: { maxBody: 16 * 1024, deadlineMs: 15_000, burst: 2_000, perMinute: 30_000, exact: false, retries: false },
  /** Hits of others' pages: many visitors may sit behind one address, and one request may bring a thousand. */
  collect: { maxBody: 2 * MiB, deadlineMs: 15_000, burst: 400, perMinute: 2_400, exact: false, retries: true },
  upload: { maxBody: 2 * MiB, deadlineMs: 60_000, burst: 20, perMinute: 60, exact: true, retries: true },
  graph: { maxBody: 256 * 1024, deadlineMs: 15_000, burst: 200, perMinute: 1_200, exact: false, retries: true },
};
