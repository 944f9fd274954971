import { beginRequest, requestContext } from '@cairn/observability';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Gives up on what takes longer, by `giveUp`, which lets go of what it holds. With the deadline in its context it sends no statement
 * afterwards, and no COMMIT: what was given up cannot have an effect behind the back of who tries it again.
 * @throws Error after so many milliseconds
 */
export async function inTime<T>(ms: number, work: () => Promise<T>, giveUp: () => void): Promise<T> {
  const done = new AbortController();
  const late = sleep(ms, undefined, { signal: done.signal }).then(
    () => {
      giveUp();
      throw new Error(`Not done within ${ms / 1_000} s`);
    },
    () => new Promise<never>(() => undefined),
  );
  try {
    const context = { ...beginRequest({}), deadline: performance.now() + ms };
    return await Promise.race([requestContext.run(context, work), late]);
  } finally {
    done.abort();
  }
}
