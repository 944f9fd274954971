import { afterAll, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { onSourceChange } from './source-changes.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'cairn-sources-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function within(milliseconds: number, condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + milliseconds; !condition(); await delay(20))
    if (Date.now() > deadline) throw new Error(`It did not come true within ${milliseconds} ms`);
}

test('a file that is replaced by a rename is noticed every time, in a folder that is new as well', async () => {
  const source = path.join(folder, 'slice', 'a.ts');
  const replace = (text: string) => {
    writeFileSync(path.join(folder, 'a.tmp'), text);
    utimesSync(path.join(folder, 'a.tmp'), 0, 0); // as old as a file from elsewhere may be
    renameSync(path.join(folder, 'a.tmp'), source);
  };
  let changes = 0;
  const stop = onSourceChange([folder], () => changes++);
  try {
    mkdirSync(path.dirname(source));
    for (let round = 1; round <= 3; round++) {
      const before = changes;
      replace(`round ${round}`);
      await within(5_000, () => changes > before);
      await delay(1_200); // events of this round must not stand in for those of the next
    }
    const before = changes;
    rmSync(source);
    await within(5_000, () => changes > before);
  } finally {
    stop();
  }
  expect(changes).toBeGreaterThanOrEqual(4);
});
