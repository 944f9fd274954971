import { Problem } from '@cairn/backing';
import { workspace } from '@cairn/local/workspace';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const MODULE = 'github.com/docker/compose/v2';
const VERSION = 'v2.40.3';
const BUILD_MS = 600_000;
/** Git-ignored. */
const built = path.join(workspace, '.proofs', `docker-compose-${VERSION}`);
const run = promisify(execFile);
type Compose = (...args: string[]) => Promise<{ stdout: string; stderr: string }>;

/** Docker's own plugin where it is installed, else one that Go builds, once. Neither needs an engine to read a file. */
async function composePlugin(): Promise<Compose> {
  const options = { cwd: workspace, env: { ...process.env, COMPOSE_PROFILES: '' }, maxBuffer: 16 * 1_048_576 };
  const has = await run('docker', ['compose', 'version']).then(
    () => true,
    () => false,
  );
  if (has) return (...args) => run('docker', ['compose', ...args], options);
  if (!existsSync(built)) await build();
  return (...args) => run(built, args, options);
}

/** Inside of its module: `go install` refuses one that excludes versions, as it does. */
async function build(): Promise<void> {
  const env = { GOTOOLCHAIN: 'auto', ...process.env, GOFLAGS: '' };
  mkdirSync(path.dirname(built), { recursive: true });
  try {
    const { stdout } = await run('go', ['mod', 'download', '-json', `${MODULE}@${VERSION}`], {
      env,
      timeout: BUILD_MS,
    });
    const { Dir: cwd } = JSON.parse(stdout) as { Dir: string };
    const named = `-s -w -X ${MODULE}/internal.Version=${VERSION}`;
    await run('go', ['build', '-trimpath', '-ldflags', named, '-o', built, './cmd'], { cwd, env, timeout: BUILD_MS });
  } catch (error) {
    const { code, stderr, message } = error as Error & { code?: string; stderr?: string };
    if (code !== 'ENOENT') throw new Error(`Go could not build Docker Compose: ${stderr || message}`);
    throw new Problem('There is no `docker compose` and no Go to build it: install one of them (Debian: golang-go).');
  }
}

/** The file is valid in every profile, with what `npm run compose:env` writes, and says what to type without it. Answers the profiles. */
export async function composeFileIsClean(): Promise<string[]> {
  const compose = await composePlugin();
  const folder = mkdtempSync(path.join(tmpdir(), 'cairn-compose-'));
  const env = path.join(folder, 'env');
  try {
    await run(process.execPath, ['infra/local/compose-env.ts', env], { cwd: workspace });
    const config = async (...args: string[]) => {
      const { stdout, stderr } = await compose('-f', 'docker-compose.yml', ...args);
      if (stdout || stderr) throw new Error(`docker compose ${args.join(' ')}: ${stdout}${stderr}`);
    };
    const { stdout } = await compose('--env-file', env, 'config', '--profiles');
    const profiles = stdout.trim().split('\n').filter(Boolean);
    await config('--env-file', env, 'config', '-q');
    for (const profile of profiles) await config('--env-file', env, '--profile', profile, 'config', '-q');
    const refusal = await config('--env-file', '/dev/null', 'config', '-q').then(
      () => '',
      (error: Error) => error.message,
    );
    if (!refusal.includes('npm run compose:env')) throw new Error(`without secrets it says: ${refusal || 'nothing'}`);
    return profiles;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
