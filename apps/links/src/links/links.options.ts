import type { Config } from '../config.ts';
import { toHost } from './target.ts';

export const LINKS_OPTIONS = Symbol('LINKS_OPTIONS');

export interface LinksOptions {
  /** What short addresses begin with. */
  readonly publicUrl: string;
  readonly codeSecret: string;
  readonly ownHosts: ReadonlySet<string>;
  readonly blockedHosts: ReadonlySet<string>;
  readonly quarantineDays: number;
  /** Undefined: only who is signed in makes links. */
  readonly anonymous: { readonly perHour: number; readonly days: number } | undefined;
}

export const linksOptions = (config: Config): LinksOptions => ({
  publicUrl: config.PUBLIC_URL,
  codeSecret: config.CODE_SECRET,
  ownHosts: new Set([toHost(new URL(config.PUBLIC_URL).hostname)!, ...config.OWN_HOSTS]),
  blockedHosts: new Set(config.BLOCKED_HOSTS),
  quarantineDays: config.QUARANTINE_DAYS,
  anonymous: config.ANONYMOUS_LINKS
    ? { perHour: config.ANONYMOUS_LINKS_PER_HOUR, days: config.ANONYMOUS_LINK_DAYS }
    : undefined,
});
