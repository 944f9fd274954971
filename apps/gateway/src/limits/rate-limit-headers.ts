import type { LimitPolicy, RateDecision } from './limit-policy.ts';

/**
 * The policy, for clients that plan ahead, and what is left of it (draft-ietf-httpapi-ratelimit-headers-10). The window of a token
 * bucket is the time in which an empty one fills up.
 */
export function rateLimitHeaders(policy: LimitPolicy, decision: RateDecision): Record<string, string> {
  const headers: Record<string, string> = {
    'RateLimit-Policy': policyHeader(policy),
    RateLimit: `"${policy.name}";r=${decision.remaining};t=${decision.resetSeconds}`,
  };
  if (!decision.allowed) headers['Retry-After'] = String(decision.retryAfterSeconds);
  return headers;
}

/** The same in every answer: worth keeping. */
export const policyHeader = ({ name, burst, perMinute }: LimitPolicy): string =>
  `"${name}";q=${burst};w=${Math.ceil((burst / perMinute) * 60)}`;
