import { AsyncResource } from 'node:async_hooks';
import { bulkhead, BulkheadRejectedError } from 'cockatiel';
import { assertInTime } from './in-time.ts';
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
  /** @throws Overloaded when no place is left in the queue; DeadlineExceeded when the turn comes too late for the request under way */
  return async <T>(work: () => Promise<T> | T): Promise<T> => {
    try {
      // Bound to its caller: the turn is given by whoever has just finished, and would be taken for part of that request.
      return await policy.execute(
        AsyncResource.bind(() => {
          assertInTime();
          return work();
        }),
      );
    } catch (error) {
      throw error instanceof BulkheadRejectedError ? new Overloaded(undefined, { retryAfter }) : error;
    }
  };
}
