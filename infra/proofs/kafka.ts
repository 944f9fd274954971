import { workspace } from '@cairn/local/workspace';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Proof } from './proof.ts';

/** With tests of their own that need Kafka, and so Java and Maven, which a newcomer's machine need not have. */
const PROJECTS = ['libs/backing', 'libs/messaging'];

/** The tests that `npm test` leaves out: the driver and the contract of every broker, on a real Kafka. */
export const kafka: Proof = {
  name: 'kafka',
  withoutSystem: true,
  async prove() {
    let count = 0;
    for (const project of PROJECTS) {
      const jest = path.join(workspace, 'node_modules/jest/bin/jest.js');
      const { stderr } = await promisify(execFile)(
        process.execPath,
        ['--experimental-vm-modules', '--no-warnings', jest, '--testPathPatterns', '/kafka\\.'],
        { cwd: path.join(workspace, project), env: { ...process.env, TEST_KAFKA: 'true' }, timeout: 600_000 },
      ).catch((error: Error & { stderr: string }) => {
        throw new Error(error.stderr.slice(-8_000));
      });
      const [, tests] = /^Tests: +(\d+) passed, \1 total$/m.exec(stderr) ?? [];
      assert.ok(tests, stderr.slice(-2_000));
      count += Number(tests);
    }
    return `${count} tests on a real Kafka passed`;
  },
};
