import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '@cairn/local/until';
import { KillableSystem, type BrokerName } from './killable-system.ts';
import type { Proof } from './proof.ts';

const AWAY_MS = Number(process.env.CAIRN_OUTAGE_SECONDS ?? 20) * 1_000;
const START_MS = 60_000;
const BEFORE_MS = 2_000;
const AFTER_MS = 2_000;
/** Between the transactions of a writer. */
const PAUSE_MS = 50;
const DRAIN_MS = 60_000;

/** The broker is killed and stays away under a write load: no write fails, and afterwards every event arrives in its order. */
export const brokerOutage: Proof = {
  name: 'broker-outage',
  withoutSystem: true,
  async prove() {
    const brokers = (process.env.CAIRN_BROKERS ?? 'redis,kafka').split(',') as BrokerName[];
    const seen: string[] = [];
    for (const broker of brokers) seen.push(await survive(broker));
    return seen.join('; ');
  },
};

async function survive(broker: BrokerName): Promise<string> {
  const system = await KillableSystem.start(broker, { EVENTS: String(Number.MAX_SAFE_INTEGER), PAUSE_MS: String(PAUSE_MS) }); // prettier-ignore
  try {
    const writer = system.run('write');
    let said = '';
    writer.stdout!.on('data', (text: Buffer) => (said += text.toString()));
    for (const n of [1, 2]) system.run('relay', n);
    for (const n of [1, 2, 3]) system.run('consume', n);
    await until('events flow', START_MS, async () => (await system.tally()).effects > 0);
    await delay(BEFORE_MS);
    await system.killBroker();
    await delay(AWAY_MS);
    const { outbox } = await system.tally();
    if (!outbox) throw new Error('Nothing was written meanwhile');
    await system.startBroker();
    await delay(AFTER_MS);
    const ended = once(writer, 'close');
    writer.kill('SIGTERM');
    await ended;
    const { written, failed } = JSON.parse(said.trim().split('\n').at(-1)!) as { written: number; failed: number };
    if (failed) throw new Error(`${failed} transactions failed`);
    const tally = await system.verify(DRAIN_MS);
    if (tally.written !== written) throw new Error(`${written} were acknowledged and ${tally.written} are there`);
    return `${broker} away for ${AWAY_MS / 1000} s: ${written} events written meanwhile and around it, none failed; ${outbox} waited, and all arrived in order`;
  } finally {
    await system.remove();
  }
}
