import type { LinkRule, LinkTarget } from './link.ts';

/**
 * What a visit needs of a link, as it is kept in memory and in Redis: addresses with their UTM parameters in them already, times in
 * milliseconds since 1970. The hash of the password is not part of it.
 */
export interface ServedLink {
  readonly id: string;
  readonly code: string;
  readonly ownerId: string | null;
  readonly status: 301 | 302 | 307 | 308;
  readonly url: string;
  readonly targets: readonly LinkTarget[];
  readonly rules: readonly LinkRule[];
  readonly passPath: boolean;
  readonly passQuery: boolean;
  readonly hasPassword: boolean;
  readonly startsAt: number | null;
  readonly expiresAt: number | null;
  readonly maxVisits: number | null;
  /** All of `maxVisits` are claimed. */
  readonly isUsedUp: boolean;
  readonly isDeleted: boolean;
  /** Why a moderator disabled it or a host that it leads to. */
  readonly disabledReason: string | null;
}
