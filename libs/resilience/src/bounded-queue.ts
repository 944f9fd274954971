import { bulkhead, BulkheadRejectedError } from 'cockatiel';
import { Overloaded } from './resilience.errors.ts';

export interface BoundedQueueOptions {
  /** How many run at once. */
  readonly concurrency: number;
  /** How many wait for their turn. */
  readonly queue: number;
  /** Seconds after which who is turned away may come back. */
  readonly retryAfter?: number;
}

/**
 * A bulkhead: runs so many at once, lets so many more wait and turns the rest away, so that a burst of costly work
 * (password hashing, calls to a slow service) neither takes the whole process nor queues until every client has left.
 */
export function boundedQueue({ concurrency, queue, retryAfter = 1 }: BoundedQueueOptions) {
  const policy = bulkhead(concurrency, queue);
  /** @throws Overloaded when no place is left in the queue */
  return async <T>(work: () => Promise<T> | T): Promise<T> => {
    try {
      return await policy.execute(work);
    } catch (error) {
      throw error instanceof BulkheadRejectedError ? new Overloaded(undefined, { retryAfter }) : error;
    }
  };
}
