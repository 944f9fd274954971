import { parseArgs } from 'node:util';
import { analyticsPage } from './analytics-page.ts';
import { bareStart } from './bare-start.ts';
import { benches } from './benches.ts';
import { brokerOutage } from './broker-outage.ts';
import { docsBlocks } from './docs-blocks.ts';
import { events, eventsOnKafka } from './events.ts';
import { fork } from './fork.ts';
import { graph } from './graph.ts';
import { freePortBase } from '@cairn/local/free-port-base';
import { hostile } from './hostile.ts';
import { image } from './image.ts';
import { loadSmoke } from './load-smoke.ts';
import { kafka } from './kafka.ts';
import { kills } from './kills.ts';
import type { Proof } from './proof.ts';
import { messagingKills } from './messaging-kills.ts';
import { outage } from './outage.ts';
import { postman } from './postman.ts';
import { StartedSystem } from '@cairn/local/started-system';
import { rollingRestart } from './rolling-restart.ts';
import { visits, visitsOnKafka } from './visits.ts';
import { walkthrough } from './walkthrough.ts';

/*
 * `npm run prove [-- proof …] [-- --port-base 4000]`: starts the system once, on data of its own, and does to it what each proof says.
 * One line per proof; the last line adds them up.
 */

/** In this order: who needs the demo world as it is comes first, who leaves rubbish behind or stops things later. */
const proofs: readonly Proof[] = [
  fork,
  kafka,
  kills,
  image,
  docsBlocks,
  graph,
  walkthrough,
  analyticsPage,
  events,
  postman,
  loadSmoke,
  outage,
  visits,
  hostile,
  messagingKills,
  brokerOutage,
  bareStart,
  rollingRestart,
  eventsOnKafka,
  visitsOnKafka,
  benches,
];

const chosen = parse();
const portBase = await freePortBase(chosen.portBase);
let system = new StartedSystem(portBase);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => void system.remove().then(() => process.exit(1)));
process.once('uncaughtException', (error) => {
  console.error(error);
  void system.remove().then(() => process.exit(1));
});
let [passed, failed] = [0, 0];
try {
  if (chosen.proofs.some(({ withoutSystem, options }) => !withoutSystem && !options)) await system.start();
  for (const proof of chosen.proofs) {
    if (proof.options) await replaceSystem(proof.options);
    await run(proof);
  }
} catch (error) {
  failed++;
  console.error((error as Error).message);
} finally {
  await system.remove();
}
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed ? 1 : 0;

/** For the proofs that want another one: they come last. */
async function replaceSystem(options: readonly string[]): Promise<void> {
  await system.remove();
  system = new StartedSystem(portBase, options);
  await system.start();
}

async function run({ name, prove }: Proof): Promise<void> {
  const since = performance.now();
  const took = () => `${((performance.now() - since) / 1000).toFixed(1)} s`;
  try {
    const seen = await prove(system);
    passed++;
    console.log(`ok      ${name} (${took()}): ${seen}`);
  } catch (error) {
    failed++;
    console.log(`FAILED  ${name} (${took()})`);
    console.log((error as Error).stack);
    console.log(system.errors());
  }
}

function parse() {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { 'port-base': { type: 'string' } } });
  const unknown = positionals.find((name) => !proofs.some((proof) => proof.name === name));
  if (unknown) {
    console.error(`There is no proof "${unknown}": choose from ${proofs.map(({ name }) => name).join(', ')}.`);
    process.exit(1);
  }
  return {
    proofs: proofs.filter(({ name }) => !positionals.length || positionals.includes(name)),
    portBase: Number(values['port-base'] ?? 3000),
  };
}
