import { Problem } from '@cairn/backing';
import { workspace } from '@cairn/local/workspace';
import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const folder = import.meta.dirname;
/** Git-ignored: the virtual environment, and what schemathesis keeps. */
const kept = path.join(workspace, '.proofs');
const venv = path.join(kept, 'venv');
const program = path.join(venv, 'bin/schemathesis');

export interface SchemathesisOptions {
  /** Of the gateway, whose description says what it may answer itself, too. */
  readonly origin: string;
  /** Absent: not signed in. */
  readonly token?: string;
  readonly args: readonly string[];
}

/** From PyPI, in the version that requirements.txt names, into a virtual environment of the workspace. @throws Problem without Python */
export async function installSchemathesis(): Promise<void> {
  const requirements = path.join(folder, 'requirements.txt');
  const version = readFileSync(requirements, 'utf8').trim().split('==')[1]!;
  const run = promisify(execFile);
  if (existsSync(program) && (await run(program, ['--version'])).stdout.includes(version)) return;
  await run('python3', ['-m', 'venv', '--clear', venv]).catch((error: Error) => {
    throw new Problem(`schemathesis needs Python 3.10 or later with venv (Debian: python3-venv): ${error.message}`);
  });
  await run(path.join(venv, 'bin/pip'), ['install', '--quiet', '--requirement', requirements]);
}

/** Resolves with its summary. @throws Error with all that it has found */
export function schemathesis({ origin, token, args }: SchemathesisOptions): Promise<string> {
  const child = spawn(
    program,
    [
      `--config-file=${path.join(folder, 'schemathesis.toml')}`,
      'run',
      `${origin}/openapi.json`,
      `--url=${origin}`,
      '--checks=all',
      '--no-color',
      ...(token ? [`--header=Authorization: Bearer ${token}`] : []),
      ...args,
    ],
    {
      cwd: kept,
      env: { ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const generated = /(\d+) generated/.exec(output)?.[1];
      if (code === 0 && generated) resolve(generated);
      else reject(new Error(`schemathesis:\n${output}`));
    });
  });
}
