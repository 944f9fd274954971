import { workspace } from '@cairn/local/workspace';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Proof } from './proof.ts';

/** Every bench still runs, both sides of it; what it finds in a moment is nobody's measure. */
export const benches: Proof = {
  name: 'benches',
  withoutSystem: true,
  async prove() {
    const args = ['infra/bench/bench.ts', '--check'];
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      cwd: workspace,
      timeout: 450_000,
      env: { ...process.env, BENCH_HITS: '5000' },
    });
    return `${stdout.match(/^runs$/gm)?.length ?? 0} benches run`;
  },
};
