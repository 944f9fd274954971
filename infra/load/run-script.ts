import { ownGroup } from '@cairn/backing';
import { workspace } from '@cairn/local/workspace';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { ProfileName } from './options.ts';
import { Repetitions } from './repetitions.ts';

export interface ScriptRun {
  readonly k6: string;
  readonly script: string;
  readonly profile: ProfileName;
  /** The gateway of the system. */
  readonly url: string;
  readonly keep?: boolean;
  /** The person sees what k6 prints as it does; else it is in the outcome. */
  readonly isShown: boolean;
  /** At spawn: what is not known then outlives us. */
  readonly onSpawn?: (child: ChildProcess) => void;
}

export interface ScriptOutcome {
  /** Undefined when everything held; else what did not, in a sentence. */
  readonly failure: string | undefined;
  /** With graphs, relative to the workspace. */
  readonly report: string;
  readonly output: string;
}

/** Runs one script of `load-tests` to its end, teardown and report included. */
export async function runScript({
  k6,
  script,
  profile,
  url,
  keep,
  isShown,
  onSpawn,
}: ScriptRun): Promise<ScriptOutcome> {
  const report = path.join('reports/load', `${script}-${profile}-${timeInName()}.html`);
  mkdirSync(path.dirname(path.join(workspace, report)), { recursive: true });
  // A terminal gets a progress bar; whoever reads a file later needs none.
  const quiet = isShown && process.stdout.isTTY ? [] : ['--quiet'];
  // Without a server of its own: two runs at once would ask for one port.
  const child = spawn(k6, ['run', '--no-usage-report', '--address=', ...quiet, `load-tests/${script}/main.ts`], {
    ...ownGroup,
    cwd: workspace,
    env: {
      ...process.env,
      BASE_URL: url,
      PROFILE: profile,
      KEEP: keep ? 'yes' : '',
      K6_WEB_DASHBOARD: 'true',
      K6_WEB_DASHBOARD_PORT: '-1', // it serves nothing: the report is all that we want
      K6_WEB_DASHBOARD_PERIOD: '1s',
      K6_WEB_DASHBOARD_EXPORT: report,
    },
    stdio: ['ignore', isShown ? 'inherit' : 'pipe', 'pipe'],
  });
  onSpawn?.(child);
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  const complaints = new Repetitions((line) => (isShown ? console.error(line) : (output += `${line}\n`)));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => complaints.add(text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  complaints.end();
  return { failure: failureOf(code), report, output };
}

/** What k6's exit codes mean (its `errext/exitcodes`). */
export function failureOf(code: number | null): string | undefined {
  if (code === 0) return undefined;
  if (code === 99) return 'a threshold did not hold';
  if (code === 107) return 'the script failed, as it says above';
  if (code === 105 || code === null) return 'it was stopped';
  return `k6 ended with code ${code}`;
}

const timeInName = () =>
  new Date()
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replaceAll(':', '-');
