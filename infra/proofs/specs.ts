import { workspace } from '@cairn/local/workspace';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

/** Runs the tests that `npm test` leaves out (jest.preset.mjs), by a pattern of their paths; answers how many passed. @throws Error with what Jest said */
export async function runSpecs(
  projects: readonly string[],
  pattern: string,
  environment: Record<string, string>,
): Promise<number> {
  const jest = path.join(workspace, 'node_modules/jest/bin/jest.js');
  let count = 0;
  for (const project of projects) {
    const { stderr } = await promisify(execFile)(
      process.execPath,
      ['--experimental-vm-modules', '--no-warnings', jest, '--testPathPatterns', pattern],
      { cwd: path.join(workspace, project), env: { ...process.env, ...environment }, timeout: 600_000 },
    ).catch((error: Error & { stderr: string }) => {
      throw new Error(error.stderr.slice(-8_000));
    });
    const [, tests] = /^Tests: +(\d+) passed, \1 total$/m.exec(stderr) ?? [];
    assert.ok(tests, stderr.slice(-2_000));
    count += Number(tests);
  }
  return count;
}
