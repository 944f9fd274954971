import type { LimitPolicy, RateDecision } from './limit-policy.ts';

/*
 * The policy, for clients that plan ahead, and what is left of it (draft-ietf-httpapi-ratelimit-headers-10). The window of a token
 * bucket is the time in which an empty one fills up.
 */

/** `RateLimit-Policy`: the same in every answer, and worth keeping. */
export const policyHeader = ({ name, burst, perMinute }: LimitPolicy): string =>
  `"${name}";q=${burst};w=${Math.ceil((burst * 60) / perMinute)}`;

/** `RateLimit` */
export const remainingHeader = ({ name }: LimitPolicy, { remaining, resetSeconds }: RateDecision): string =>
  `"${name}";r=${remaining};t=${resetSeconds}`;
