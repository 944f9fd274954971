import { until } from '@cairn/local/until';
import type { BrokerName } from './killable-system.ts';
import type { StartedSystem } from '@cairn/local/started-system';
import { Redis } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';

const BACK_WITHIN_MS = 60_000;

/** `kill -9`. Resolves when the runner has started it again and it is ready. */
export async function killService(system: StartedSystem, name: string): Promise<void> {
  const before = system.count(`${name} is ready again`);
  const [pid] = system.processes(`apps/${name}/dist/main.js`);
  process.kill(pid!, 'SIGKILL');
  await restarted(system, name, before);
}

/** Again and again for so long, because the runner starts it again within a second; once for 0. Resolves when it is there again. */
export async function killBroker(system: StartedSystem, name: BrokerName, milliseconds: number): Promise<void> {
  const began = performance.now();
  let before: number | undefined;
  while (before === undefined || performance.now() - began < milliseconds) {
    const pid = await pidOf[name](system).catch(() => undefined);
    if (pid) {
      before = system.count(`${name} is ready again`);
      process.kill(pid, 'SIGKILL');
    }
    await delay(20);
  }
  await restarted(system, name, before);
}

const pidOf: Record<BrokerName, (system: StartedSystem) => Promise<number | undefined>> = {
  redis: (system) => redisPid(system.redisUrl),
  kafka: async (system) => system.processes('kafka.Kafka')[0],
};

async function redisPid(url: string): Promise<number> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  redis.on('error', () => {});
  try {
    await redis.connect();
    return Number(/process_id:(\d+)/.exec(await redis.info('server'))![1]);
  } finally {
    redis.disconnect();
  }
}

export const restarted = (system: StartedSystem, name: string, before: number): Promise<unknown> =>
  until(`${name} is ready again`, BACK_WITHIN_MS, () => system.count(`${name} is ready again`) > before, 10);
