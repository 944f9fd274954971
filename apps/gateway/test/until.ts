import { setTimeout } from 'node:timers/promises';

/** Resolves when the condition holds. @throws Error after five seconds */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 5_000; !(await condition()); await setTimeout(5))
    if (performance.now() > end) throw new Error(`It never came about that ${what}`);
}
