import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

const TICK_MS = 10;

/**
 * Sends so many requests a second, whether or not they are answered: a client that waits would spare who is slow. Answers what came of
 * them by status, once stopped.
 */
export function pace(url: string, perSecond: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: 2_000 });
  const seen = new Map<number | 'none', number>();
  const count = (status: number | 'none') => seen.set(status, (seen.get(status) ?? 0) + 1);
  const send = () =>
    request(url, { agent }, (response) => {
      count(response.statusCode!);
      response.resume();
    })
      .on('error', () => count('none'))
      .end();
  let running = true;
  const loop = (async () => {
    for (let [since, sent] = [performance.now(), 0]; running; await delay(TICK_MS))
      for (const due = ((performance.now() - since) / 1000) * perSecond; sent < due; sent++) send();
  })();
  return async () => {
    running = false;
    await loop;
    agent.destroy();
    return seen;
  };
}
