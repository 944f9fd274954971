import { Guardian, hasEnded, killGroup } from '@cairn/backing';
import { onParentGone } from '@cairn/local/parent';
import type { StartedSystem } from '@cairn/local/started-system';
import { Terminal } from '@cairn/local/terminal';
import { workspace } from '@cairn/local/workspace';
import type { ChildProcess } from 'node:child_process';
import { k6Program } from './k6.ts';
import { LOAD_HELP, parseLoadOptions, type LoadOptions } from './options.ts';
import { runScript } from './run-script.ts';
import { ownSystem, runningSystem } from './system-under-load.ts';

/* `npm run load -- blog --profile load`: exit code 1 when a threshold failed, 130 when it was stopped. */

/** npm passes a signal on that the terminal has already sent to all: two within that time are one. */
const SAME_SIGNAL_MS = 1_000;

const terminal = new Terminal();
const guardian = new Guardian();
let child: ChildProcess | undefined;
let own: StartedSystem | undefined;
let stoppedAt = Infinity;
let keep = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
onParentGone(stop);
try {
  const options = parseLoadOptions(process.argv.slice(2));
  if (options) await main(options);
  else terminal.print(LOAD_HELP);
} catch (error) {
  if (stoppedAt === Infinity) terminal.fail(error);
  process.exitCode = 1;
} finally {
  await end();
}
if (stoppedAt !== Infinity) process.exitCode = 130;

async function main(options: LoadOptions): Promise<void> {
  keep = options.keep;
  const say = (sentence: string) => terminal.say(sentence);
  const running = await runningSystem(options);
  const k6 = await k6Program({ workspace, env: process.env, say, onSpawn: watch });
  if (stopped()) return;
  const url = running ?? (await startOwn(options));
  const failures: string[] = [];
  for (const script of options.scripts) {
    if (stopped()) return;
    say(`${script}, ${options.profile}, against ${url}`);
    const run = { k6, script, profile: options.profile, url, keep: options.keep, isShown: true, onSpawn: watch };
    const { failure, report } = await runScript(run);
    if (stopped()) return;
    if (failure) failures.push(`${script}: ${failure}`);
    say(`${script}: ${failure ?? 'everything held'}; graphs: ${report}`);
  }
  if (failures.length) {
    process.exitCode = 1;
    terminal.print(`\n${failures.join('\n')}`);
  }
}

async function startOwn({ portBase }: LoadOptions): Promise<string> {
  own = await ownSystem(portBase);
  terminal.say(`no system is running: one is started for this, on ${own.gateway}`);
  const seconds = await own.start();
  terminal.say(`it is ready (${seconds.toFixed(1)} s)`);
  return own.gateway;
}

function watch(started: ChildProcess): void {
  guardian.watch(started, 'SIGINT');
  child = started;
  if (stopped()) killGroup(started.pid!);
}

/** k6 stops in order and cleans up after itself, where the system is somebody's; a system of our own goes with all that is in it. */
function stop(): void {
  const isSecond = performance.now() - stoppedAt > SAME_SIGNAL_MS;
  if (!stopped()) terminal.say('stopping');
  stoppedAt = Math.min(stoppedAt, performance.now());
  if (own) void own.stop();
  if (!child || hasEnded(child)) return;
  if (own || isSecond) killGroup(child.pid!);
  else child.kill('SIGINT');
}

async function end(): Promise<void> {
  if (own && keep) {
    await own.stop();
    terminal.say(`its data: CAIRN_DATA=${own.data} npm start`);
  } else await own?.remove();
  guardian.dismiss();
}

function stopped(): boolean {
  return stoppedAt !== Infinity;
}
