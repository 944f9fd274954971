import type { IncomingMessage } from 'node:http';

/** Provided by whoever guards the routes, for whoever answers with a stream. */
export const STREAM_ADMISSION = Symbol('STREAM_ADMISSION');

/** Whether a request that was let in once would be now: a token runs out, and a session is ended. */
export type StreamAdmission = (request: Pick<IncomingMessage, 'headersDistinct'>) => Promise<boolean>;

/** A revoked session is out everywhere within a second: half of that is for its revocation to arrive. */
const CHECK_MS = 500;

/**
 * Passes on what comes for as long as it may be shown: asked twice a second, so that who waits for the next one is not kept, and before each one.
 * @throws what `refusal` answers, when that is over
 */
export function whileAdmitted<Item>(
  items: AsyncIterableIterator<Item>,
  isAdmitted: () => Promise<boolean>,
  refusal: () => Error,
): AsyncIterableIterator<Item> {
  let isOver = false;
  let isRefused = false;
  const check = async () => {
    if (isOver || isRefused || (await isAdmitted())) return;
    isRefused = true;
    await end();
  };
  const timer = setInterval(() => void check(), CHECK_MS);
  const end = async () => {
    isOver = true;
    clearInterval(timer);
    await items.return?.(); // also ends a `next` that waits
  };
  return {
    async next() {
      try {
        const item = await items.next();
        if (!item.done) await check();
        if (isRefused) throw refusal();
        if (!isOver && !item.done) return item;
        await end();
        return { done: true, value: undefined };
      } catch (error) {
        await end();
        throw error;
      }
    },
    async return() {
      await end();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Each item as another, one after the other. Unlike an async generator's, its `return` does not wait for the next one to come. */
export function mapped<Item, Other>(
  items: AsyncIterableIterator<Item>,
  toOther: (item: Item) => Promise<Other>,
): AsyncIterableIterator<Other> {
  return {
    async next() {
      const item = await items.next();
      return item.done ? { done: true, value: undefined } : { done: false, value: await toOther(item.value) };
    },
    async return() {
      await items.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
