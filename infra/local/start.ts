import path from 'node:path';
import { HELP, parseOptions } from './options.ts';
import { onParentGone } from './parent.ts';
import { planOf } from './plan.ts';
import { Processes } from './processes.ts';
import { start } from './runner.ts';
import { Terminal } from './terminal.ts';
import { dataFolder } from './workspace.ts';

/** npm passes a signal on that the terminal has already sent to all: two within that time are one. */
const SAME_SIGNAL_MS = 1_000;

const terminal = new Terminal();
try {
  await main();
} catch (error) {
  terminal.fail(error);
  process.exitCode = 1;
}

async function main() {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) return terminal.print(HELP);
  const plan = planOf(options.services, options.scale);
  const processes = new Processes(plan.stopOrder, path.join(dataFolder, 'pids'));

  const stop = async (code: number) => {
    await processes.stop();
    process.exit(code);
  };
  let firstSignal = Infinity;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (performance.now() - firstSignal > SAME_SIGNAL_MS) processes.killAll();
      if (!processes.stopping) terminal.sayLast('stopping');
      firstSignal = Math.min(firstSignal, performance.now());
      void stop(0);
    });
  }
  onParentGone(() => void stop(0));
  const fail = async (error: unknown) => {
    if (!processes.stopping) terminal.fail(error);
    await stop(1);
  };
  process.on('uncaughtException', (error) => void fail(error));
  process.on('unhandledRejection', (error) => void fail(error));
  try {
    await start(options, plan, processes, terminal);
  } catch (error) {
    // While it stops, whatever was under way fails: the signal decides how we end.
    if (processes.stopping) return processes.stop();
    await fail(error);
  }
}
