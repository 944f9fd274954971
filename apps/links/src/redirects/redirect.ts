import type { ServedLink } from '../links/served-link.ts';
import { destinationOf, type Visitor } from './destination.ts';
import { locationOf, staysBelow, type Rest } from './location.ts';

export interface Visit {
  readonly rest: Rest;
  /** Asked for only where a rule looks at it. */
  readonly visitor: () => Visitor;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** From 0 to less than 1. */
  readonly random: () => number;
  /** Whether the password has been proven. */
  readonly isUnlocked?: boolean;
}

export interface Redirect {
  readonly kind: 'redirect';
  readonly location: string;
  readonly target: number;
}

/** What becomes of a visit. */
export type Decision =
  | Redirect
  /** Nothing is here, or not yet. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'deleted' | 'expired' | 'used-up' }
  | { readonly kind: 'disabled'; readonly reason: string }
  | { readonly kind: 'locked' };

const MISSING: Decision = { kind: 'missing' };

/**
 * A link begins in the millisecond of `startsAt` and has ended in that of `expiresAt`. Before it begins it is not told that there is
 * one: 410 would say that it is over, and what is planned is its owner's to announce.
 */
export function decide(link: ServedLink, { rest, visitor, now, random, isUnlocked = false }: Visit): Decision {
  if (link.isDeleted) return { kind: 'deleted' };
  if (link.disabledReason !== null) return { kind: 'disabled', reason: link.disabledReason };
  if (link.startsAt !== null && now < link.startsAt) return MISSING;
  if (link.expiresAt !== null && now >= link.expiresAt) return { kind: 'expired' };
  if (link.isUsedUp) return { kind: 'used-up' };
  const path = rest.path === '/' ? '' : rest.path;
  if (path !== '' && !(link.passPath && staysBelow(path))) return MISSING;
  if (link.hasPassword && !isUnlocked) return { kind: 'locked' };
  const { url, target } = destinationOf(link, visitor, random);
  return { kind: 'redirect', target, location: locationOf(url, { path, query: link.passQuery ? rest.query : '' }) };
}
