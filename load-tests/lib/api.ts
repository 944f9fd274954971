import { check, fail, sleep } from 'k6';
import http, { type RefinedResponse } from 'k6/http';
import { Counter, Rate } from 'k6/metrics';
import type { Kind } from './plan.ts';

export const base = __ENV.BASE_URL ?? 'http://127.0.0.1:3000';

/** No answer, or a 5xx that is not an honest refusal. */
const faults = new Counter('faults');
/** Too many by the limits: nobody here comes so often, save who provokes it. */
const rateLimited = new Counter('rate_limited');
/** By a 503 that is a problem+json and says when to come back: the system's honest answer when it has no room. */
const turnedAway = new Rate('turned_away');

const ASIDE_TRIES = 6;

export interface Ask {
  /** Under which its figures are shown: never with an id in it. */
  readonly name: string;
  readonly kind: Kind;
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The statuses that are right. */
  readonly expect: readonly number[];
}

export interface Answer {
  readonly status: number;
  /** One of those that were expected. */
  readonly ok: boolean;
  /** Seconds, of an honest refusal; else 0. */
  readonly comeBackAfter: number;
  /** A problem+json (RFC 9457). */
  readonly isProblem: boolean;
  readonly etag: string;
  /** Where a redirect leads. */
  readonly location: string;
  readonly text: string;
  /** What of it was JSON. */
  readonly json: <T>() => T;
}

/** Asks, counts what came, and checks that it is what was expected, or an honest refusal. */
export function ask(method: string, path: string, options: Ask): Answer {
  return judge(http.request(method, url(path), bodyOf(options), paramsOf(options)), options);
}

/** In setup and teardown: again, where there is no room or no answer yet. @throws what ends the test when it does not come right */
export function askAside(method: string, path: string, options: Omit<Ask, 'kind'>): Answer {
  for (let tries = 1; ; tries++) {
    const answer = ask(method, path, { ...options, kind: 'aside' });
    if (answer.ok) return answer;
    const mayComeRight = answer.status === 0 || answer.status >= 500;
    if (!mayComeRight || tries === ASIDE_TRIES)
      return fail(`${options.name} went wrong: ${answer.status} ${answer.text}`);
    sleep(answer.comeBackAfter || 2);
  }
}

/** All at once. */
export function askAll(asks: readonly (Ask & { readonly method: string; readonly path: string })[]): Answer[] {
  const requests = asks.map(
    (each) => [each.method, url(each.path), bodyOf(each), paramsOf(each)] as [string, string, string | null, object],
  );
  const responses = http.batch(requests) as unknown as RefinedResponse<'text'>[];
  return responses.map((response, index) => judge(response, asks[index]!));
}

const url = (path: string) => (/^https?:/.test(path) ? path : base + path);

const bodyOf = ({ body }: Ask) => (body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body));

const paramsOf = ({ name, kind, token, body, headers, expect }: Ask) => ({
  redirects: 0,
  timeout: '30s',
  tags: { name, kind },
  responseCallback: http.expectedStatuses(...expect),
  responseType: 'text' as const,
  headers: {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(token && { authorization: `Bearer ${token}` }),
    ...headers,
  },
});

function judge(response: RefinedResponse<'text'>, { name, kind, expect }: Ask): Answer {
  const { status, headers } = response;
  const text = response.body ?? '';
  const isProblem = /^application\/problem\+json/.test(headers['Content-Type'] ?? '');
  const comeBackAfter = status === 503 && isProblem ? Number(headers['Retry-After'] ?? 0) : 0;
  const refused = comeBackAfter > 0;
  const ok = expect.includes(status);
  const answer = {
    status,
    ok,
    comeBackAfter,
    isProblem,
    etag: headers.Etag ?? '',
    location: headers.Location ?? '',
    text,
    json: <T>() => JSON.parse(text) as T,
  };
  if (status === 429 && !ok) rateLimited.add(1);
  if (kind === 'aside') return answer;
  turnedAway.add(refused, { kind });
  if (!refused && !ok)
    complain(`${name}: ${status} instead of ${expect.join(' or ')}: ${response.error} ${text.slice(0, 300)}`);
  if (!refused && !ok && (status === 0 || status >= 500)) faults.add(1, { name });
  else if (!refused) check(ok, { [`${name} is ${expect.join(' or ')}`]: (right) => right });
  return answer;
}

/** Once for each user of k6: what goes wrong for everybody is told often enough by then. */
let hasComplained = false;
function complain(sentence: string): void {
  if (!hasComplained) console.error(sentence);
  hasComplained = true;
}
