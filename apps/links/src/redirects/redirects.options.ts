export const REDIRECTS_OPTIONS = Symbol('REDIRECTS_OPTIONS');

export interface RedirectsOptions {
  /** Who comes from there comes from ourselves. With the port where it is not the usual one, as a URL's `host`. */
  readonly ownHosts: readonly string[];
  readonly trustedProxies: readonly string[];
  /** Milliseconds since 1970, for links that begin and end. */
  readonly now: () => number;
}
