import { workspace } from '@cairn/local/workspace';
import { spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { moveTo, runnableBlocks, type Block } from './blocks.ts';
import type { Proof } from './proof.ts';

const BLOCK_MS = 60_000;

/** What the docs tell a reader to type gives what they show. */
export const docsBlocks: Proof = {
  name: 'docs-blocks',
  async prove(system) {
    const pages = globSync(['README.md', 'docs/**/*.md'], { cwd: workspace }).sort();
    const blocks = pages.flatMap((page) => runnableBlocks(page, readFileSync(path.join(workspace, page), 'utf8')));
    const wrong: string[] = [];
    for (const block of blocks) wrong.push(...(await run(block, system.portBase, system.data)));
    if (wrong.length) throw new Error(wrong.join('\n\n'));
    return `${blocks.length} blocks`;
  },
};

/** Answers what is wrong with it, if anything. */
async function run({ where, script, expected }: Block, portBase: number, data: string): Promise<string[]> {
  const bash = spawn('bash', ['-euo', 'pipefail', '-c', moveTo(portBase, script)], {
    cwd: workspace,
    env: { ...process.env, CAIRN_DATA: data },
    timeout: BLOCK_MS,
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [bash.stdout, bash.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise<number | null>((resolve) => bash.once('close', resolve));
  const missing = expected.map((line) => moveTo(portBase, line)).filter((line) => !output.includes(line.trim()));
  if (code === 0 && !missing.length) return [];
  const reasons = [
    ...(code === 0 ? [] : [code === null ? `took more than ${BLOCK_MS / 1000} s` : `ended with code ${code}`]),
    ...missing.map((line) => `its output lacks ${line}`),
  ];
  return [`${where} ${reasons.join('; ')}. It printed:\n${output.trimEnd()}`];
}
