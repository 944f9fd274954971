/** What was asked for after the code, as it was sent: `/a%20b`, and `x=1`. */
export interface Rest {
  readonly path: string;
  readonly query: string;
}

/** `.` and `..` however they are spelled (WHATWG URL, "single-dot" and "double-dot URL path segment"), `\`, which browsers take for `/`, and a `;` behind them, before which Java's servers look. */
const LEADS_AWAY = /(^|[/\\])(\.|%2e){1,2}($|[/\\;]|%3b)|\\/i;

/** Whether a path stays below the address that it is added to. */
export const staysBelow = (path: string) => !LEADS_AWAY.test(path);

/**
 * The address with what was passed on. Its own query comes first, and of a name that it has itself the visitor's value is left out: what
 * the owner has set nobody sets otherwise. Its fragment stays.
 * @param rest its path must stay below
 */
export function locationOf(address: string, rest: Rest): string {
  if (rest.path === '' && rest.query === '') return address;
  const url = new URL(address);
  if (rest.path) url.pathname = url.pathname.replace(/\/$/, '') + rest.path;
  const own = new Set(url.searchParams.keys());
  const added = rest.query.split('&').filter((pair) => pair !== '' && !own.has(nameOf(pair)));
  if (added.length) url.search = [url.search.slice(1), ...added].filter(Boolean).join('&');
  return url.href;
}

const nameOf = (pair: string) => [...new URLSearchParams(pair).keys()][0] ?? '';
