import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { KillableSystem, type BrokerName, type Role } from './killable-system.ts';
import type { Proof } from './proof.ts';
import { randomFrom } from './random.ts';

const EVENTS = Number(process.env.CAIRN_EVENTS ?? 20_000);
const RELAYS = 2;
const CONSUMERS = 3;
/** Spread over the work, so that a slow machine gets on with it as well. */
const DEATHS = 24;
/** Every so many of them it is the broker. */
const BROKER_EVERY = 6;
const LOOK_MS = 100;
/** Between the transactions of a writer, so that there is time to die in. */
const PAUSE_MS = 20;
const DRAIN_MS = 60_000;
/** For all of it, on a machine that is busy with something else. */
const PATIENCE_MS = 300_000;

/** Everybody but PostgreSQL is killed at random, again and again: every event has its effect once and in its order, nobody is left over. */
export const messagingKills: Proof = {
  name: 'messaging-kills',
  withoutSystem: true,
  async prove() {
    const seed = Number(process.env.CAIRN_SEED ?? Math.floor(Math.random() * 2 ** 31));
    const brokers = (process.env.CAIRN_BROKERS ?? 'redis,kafka').split(',') as BrokerName[];
    const seen: string[] = [];
    for (const broker of brokers) seen.push(await survive(broker, seed));
    return `${seen.join('; ')}; CAIRN_SEED=${seed}`;
  },
};

async function survive(broker: BrokerName, seed: number): Promise<string> {
  const since = performance.now();
  const system = await KillableSystem.start(broker, { EVENTS: String(EVENTS), PAUSE_MS: String(PAUSE_MS) });
  const random = randomFrom(seed);
  const deaths = { write: 0, relay: 0, consume: 0, broker: 0 };
  const victims: [Role, number][] = [['write', 1]];
  for (let n = 1; n <= RELAYS; n++) victims.push(['relay', n]);
  for (let n = 1; n <= CONSUMERS; n++) victims.push(['consume', n]);
  try {
    for (const [role, n] of victims) system.run(role, n);
    let next = 0;
    for (let count = 1; ;) {
      const { written, effects } = await system.tally();
      if (effects >= EVENTS) break;
      if (performance.now() - since > PATIENCE_MS) throw new Error(`Only ${effects} effects of ${written} events`);
      await delay(LOOK_MS);
      if (written + effects < next) continue;
      if (count % BROKER_EVERY === 0) {
        await system.killBroker();
        deaths.broker++;
        await system.startBroker();
      } else {
        const [role, n] = victims[Math.floor(random() * victims.length)]!;
        if (!(await system.kill(role, n))) continue;
        deaths[role]++;
        system.run(role, n);
      }
      count++;
      next = written + effects + random() * 2 * ((2 * EVENTS) / DEATHS);
    }
    const { effects } = await system.verify(DRAIN_MS);
    const killed = `${deaths.consume} consumers, ${deaths.relay} relays, ${deaths.write} writers and the broker ${deaths.broker} times`;
    return `${broker}: ${effects} effects, each once and in order, with ${killed} killed, in ${((performance.now() - since) / 1000).toFixed(0)} s`;
  } catch (error) {
    throw new Error(`${broker}, CAIRN_SEED=${seed}, ${JSON.stringify(deaths)}: ${(error as Error).message}\n${end(system.log)}`, { cause: error }); // prettier-ignore
  } finally {
    await system.remove();
  }
}

function end(file: string): string {
  try {
    return readFileSync(file, 'utf8').slice(-4_000);
  } catch {
    return '';
  }
}
