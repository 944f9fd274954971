import { setTimeout as delay } from 'node:timers/promises';

/** Asks again and again. Answers the milliseconds that it took. @throws Error when it does not come true in time */
export async function until(
  what: string,
  milliseconds: number,
  condition: () => boolean | Promise<boolean>,
  everyMs = 50,
): Promise<number> {
  const since = performance.now();
  while (!(await condition())) {
    if (performance.now() - since > milliseconds) throw new Error(`Not within ${milliseconds / 1000} s: ${what}`);
    await delay(everyMs);
  }
  return performance.now() - since;
}
