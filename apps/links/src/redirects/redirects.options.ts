export const REDIRECTS_OPTIONS = Symbol('REDIRECTS_OPTIONS');

export interface RedirectsOptions {
  /** Who comes from there comes from ourselves. */
  readonly publicUrl: string;
  readonly trustedProxies: readonly string[];
  /** Milliseconds since 1970, for links that begin and end. */
  readonly now: () => number;
}
