import { hasEnded, ownGroup, Problem } from '@cairn/backing';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

export const K6_VERSION = 'v1.8.1';
/** The first that runs TypeScript as it is, and the graphs with it. */
const OLDEST_MAJOR = 1;
const WHAT_TO_INSTALL =
  'install k6 (https://grafana.com/docs/k6/latest/set-up/install-k6/) or Go 1.25 or newer (https://go.dev/dl/), or set K6 to where k6 is.';
const SIGN_OF_LIFE_MS = 10_000;
const isWindows = process.platform === 'win32';

export interface K6Options {
  /** The clone, below which a k6 of its own lies in `.k6`. */
  readonly workspace: string;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (sentence: string) => void;
  readonly onSpawn?: (child: ChildProcess) => void;
}

/** The path of a k6: by `K6`, from the PATH, the clone's own, or one that Go builds now. @throws Problem that says what to install */
export async function k6Program(options: K6Options): Promise<string> {
  const found = findK6(options);
  if (found) return checked(found);
  const go = onPath('go', options.env);
  if (!go) throw new Problem(`There is no k6 on this machine and no Go to build it: ${WHAT_TO_INSTALL}`);
  await build(go, options);
  return checked(ownK6(options.workspace));
}

/** @throws Problem when `K6` names something else than a program */
export function findK6({ workspace, env }: Pick<K6Options, 'workspace' | 'env'>): string | undefined {
  if (env.K6) {
    if (!isProgram(env.K6)) throw new Problem(`K6 is set to ${env.K6}, which is no program: correct it, or unset it.`);
    return env.K6;
  }
  return onPath('k6', env) ?? [ownK6(workspace)].find(isProgram);
}

const ownK6 = (workspace: string) => path.join(workspace, '.k6', isWindows ? 'k6.exe' : 'k6');

function checked(k6: string): string {
  const { stdout, error } = spawnSync(k6, ['version'], { encoding: 'utf8' });
  const [, version, major] = /v((\d+)\.\S+)/.exec(stdout ?? '') ?? [];
  if (error || !version) throw new Problem(`${k6} does not say which k6 it is: install ${K6_VERSION} or newer.`);
  if (Number(major) < OLDEST_MAJOR) throw new Problem(`${k6} is k6 ${version}: install ${K6_VERSION} or newer.`);
  return k6;
}

/** A minute or two, most of it compiling. */
async function build(go: string, { workspace, env, say, onSpawn }: K6Options): Promise<void> {
  const folder = path.dirname(ownK6(workspace));
  mkdirSync(folder, { recursive: true });
  say(`there is no k6 here: Go builds ${K6_VERSION} into .k6, once, in a minute or two`);
  const since = performance.now();
  const signOfLife = setInterval(() => say(`… ${((performance.now() - since) / 1000).toFixed(0)} s`), SIGN_OF_LIFE_MS);
  const child = spawn(go, ['install', `go.k6.io/k6@${K6_VERSION}`], {
    ...ownGroup,
    // Debian's Go may be older than k6 asks for: then it fetches the one that it needs.
    env: { GOTOOLCHAIN: 'auto', ...env, GOBIN: folder, GOFLAGS: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onSpawn?.(child);
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-2_000)));
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) =>
        code === 0 ? resolve() : reject(new Problem(`Go could not build k6 (${lastLine(words)}): ${WHAT_TO_INSTALL}`)),
      );
    });
  } finally {
    clearInterval(signOfLife);
    if (!hasEnded(child)) child.kill();
  }
}

const lastLine = (text: string) => text.trim().split('\n').at(-1) || 'it said nothing';

function onPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const names = isWindows ? [`${name}.exe`] : [name];
  return (env.PATH ?? '')
    .split(path.delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => names.map((each) => path.join(folder, each)))
    .find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
