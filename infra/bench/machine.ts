import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { tool } from './load.ts';

/** What the figures depend on, and nothing that says whose machine it is. */
export function machine(): string {
  const model = cpus()[0]?.model.trim() || execFileSync('uname', ['-m'], { encoding: 'utf8' }).trim();
  const cores = availableParallelism();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cores} ${cores === 1 ? 'core' : 'cores'} of ${model}, ${memory} GB, Node ${process.version}, load by ${tool}`;
}
