import type { IncomingHttpHeaders } from 'node:http';

/**
 * What every answer carries unless it says otherwise itself (OWASP Secure Headers): an API's answers are data, and should one be shown as a page, it can
 * load and do nothing. Who may read them across origins is for CORS to say. Names in lower case and values in turn.
 */
export const SECURITY_HEADERS: readonly string[] = [
  ...['content-security-policy', "default-src 'none';frame-ancestors 'none'"],
  ...['cross-origin-opener-policy', 'same-origin'],
  ...['cross-origin-resource-policy', 'cross-origin'],
  ...['referrer-policy', 'no-referrer'],
  ...['strict-transport-security', 'max-age=31536000'],
  ...['x-content-type-options', 'nosniff'],
  ...['x-frame-options', 'DENY'],
];

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const EXPOSED =
  'ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, Idempotent-Replayed, Deprecation, Sunset';
/** Seconds for which a browser remembers what it may. */
const MAX_AGE = '600';

/** Cross-Origin Resource Sharing (WHATWG Fetch): which pages may read an answer. Without origins nothing is said, and no page may. */
export class Cors {
  private readonly origins: ReadonlySet<string>;

  constructor(origins: readonly string[]) {
    this.origins = new Set(origins);
  }

  /** For every answer: it differs by Origin, and a cache between must know that. */
  fields({ origin }: IncomingHttpHeaders): readonly string[] {
    if (this.origins.size === 0) return NOTHING;
    if (origin === undefined || !this.origins.has(origin)) return VARY;
    return ['vary', 'Origin', 'access-control-allow-origin', origin, 'access-control-expose-headers', EXPOSED];
  }

  /** What a preflight is answered with; undefined when the request is none. */
  preflight(method: string | undefined, headers: IncomingHttpHeaders): readonly string[] | undefined {
    if (method !== 'OPTIONS' || !headers.origin || !headers['access-control-request-method']) return undefined;
    if (!this.origins.has(headers.origin)) return VARY;
    const asked = headers['access-control-request-headers'];
    return [
      ...['vary', 'Origin, Access-Control-Request-Headers', 'access-control-allow-origin', headers.origin],
      ...['access-control-allow-methods', METHODS, 'access-control-max-age', MAX_AGE],
      ...(asked ? ['access-control-allow-headers', asked.toString()] : []),
    ];
  }
}

/** For what is embedded in others' pages: any origin, and so no credentials, which a browser then leaves out or whose answer it hides. */
export const ANY_ORIGIN: Pick<Cors, 'fields' | 'preflight'> = {
  fields: () => ['access-control-allow-origin', '*', 'access-control-expose-headers', EXPOSED],
  preflight(method, headers) {
    if (method !== 'OPTIONS' || !headers.origin || !headers['access-control-request-method']) return undefined;
    return [
      ...['access-control-allow-origin', '*', 'access-control-allow-methods', METHODS],
      ...['access-control-allow-headers', 'Content-Type', 'access-control-max-age', MAX_AGE],
    ];
  },
};

const NOTHING: readonly string[] = [];
const VARY: readonly string[] = ['vary', 'Origin'];
