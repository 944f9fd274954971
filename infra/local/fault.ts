import { Problem } from '@cairn/backing';
import { FAULTS_PATH } from '@cairn/resilience/fault-dials';
import path from 'node:path';
import { FAULT_SECRET } from './environment.ts';
import { FAULT_HELP, parseFaultOptions, type FaultOptions } from './fault-options.ts';
import { runningInstances, type RunningInstance } from './instances.ts';
import { secretsIn } from './secrets.ts';
import { Terminal } from './terminal.ts';
import { dataFolder } from './workspace.ts';

/* `npm run fault -- blog --latency 2000`: a line per instance, and exit code 1 when one of them could not be told. */
const terminal = new Terminal();
try {
  const options = parseFaultOptions(process.argv.slice(2));
  if (options.action === 'help') terminal.print(FAULT_HELP);
  else for (const line of await dial(options)) terminal.print(line);
} catch (error) {
  terminal.fail(error);
  process.exitCode = 1;
}

function dial({ service, action }: FaultOptions): Promise<string[]> {
  const running = runningInstances(dataFolder);
  if (!running) throw new Problem('Nothing runs here: `npm start` first.');
  const dialled = running.filter((each) => each.service !== 'gateway');
  const names = [...new Set(dialled.map((each) => each.service))];
  if (service !== undefined && !names.some((name) => name === service))
    throw new Problem(`There is no "${service}" to be dialled here: choose from ${names.join(', ')}.`);
  const secret = secretsIn(path.join(dataFolder, 'secrets.json'))(FAULT_SECRET);
  const concerned = dialled.filter((each) => service === undefined || each.service === service);
  return Promise.all(concerned.map((instance) => tell(instance, action, secret)));
}

async function tell(
  { name, origin }: RunningInstance,
  action: FaultOptions['action'],
  secret: string,
): Promise<string> {
  const isDial = typeof action === 'object';
  const answer = await fetch(origin + FAULTS_PATH, {
    method: isDial ? 'PUT' : action === 'off' ? 'DELETE' : 'GET',
    headers: { authorization: `Bearer ${secret}`, ...(isDial && { 'content-type': 'application/json' }) },
    ...(isDial && { body: JSON.stringify(action) }),
    signal: AbortSignal.timeout(5_000),
  }).catch(() => undefined);
  if (answer?.ok) return `${name}: ${described((await answer.json()) as Told)}`;
  process.exitCode = 1;
  if (!answer) return `${name}: does not answer`;
  if (answer.status === 404)
    return `${name}: has no fault dials (it runs with NODE_ENV=production or FAULT_DIALS=false)`;
  return `${name}: refused (${answer.status}): ${await answer.text()}`;
}

interface Told {
  readonly dial: {
    readonly latencyMs: number;
    readonly errors: number;
    readonly cut: number;
    readonly path?: string;
    readonly secondsLeft: number;
  } | null;
}

function described({ dial: set }: Told): string {
  if (!set) return 'no faults';
  const parts = [
    ...(set.latencyMs ? [`${set.latencyMs} ms late`] : []),
    ...(set.errors ? [`${percent(set.errors)} fail with a 500`] : []),
    ...(set.cut ? [`${percent(set.cut)} are cut off`] : []),
  ];
  return `${parts.join(', ')}${set.path ? `, below ${set.path}` : ''}; ${set.secondsLeft} s left`;
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`;
}
