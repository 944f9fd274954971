/** When what has failed is tried again: ever later, with jitter, and at last not at all. */
export interface RetryPolicy {
  readonly maxAttempts: number;
  readonly firstMs: number;
  readonly maxMs: number;
}

export const RETRIES: RetryPolicy = { maxAttempts: 6, firstMs: 100, maxMs: 30_000 };

/** In milliseconds; undefined once there were enough. "Equal jitter": half of it is certain, so that nobody comes back at once. */
export function retryInMs(attempts: number, { maxAttempts, firstMs, maxMs }: RetryPolicy): number | undefined {
  if (attempts >= maxAttempts) return undefined;
  const ms = Math.min(firstMs * 4 ** (attempts - 1), maxMs);
  return Math.round(ms / 2 + (Math.random() * ms) / 2);
}
