import { Problem } from '@cairn/backing';
import { freePortBase } from '@cairn/local/free-port-base';
import { StartedSystem } from '@cairn/local/started-system';
import { origin } from '@cairn/local/topology';
import type { LoadOptions } from './options.ts';

const ANSWER_MS = 3_000;
/** A system of its own keeps away from the ports that the next `npm start` will ask for. */
const AWAY = 1_000;

/** The gateway of the system that is running already; undefined when none is. @throws Problem when one was named and is not there */
export async function runningSystem({
  url,
  portBase,
}: Pick<LoadOptions, 'url' | 'portBase'>): Promise<string | undefined> {
  const gateway = url ?? origin(portBase, 'gateway');
  if (await isOurs(gateway)) return gateway;
  if (url)
    throw new Problem(`No system answers at ${url}/health/ready: start it, or leave out --url to have one started.`);
  return undefined;
}

/** Not yet started. */
export async function ownSystem(portBase: number): Promise<StartedSystem> {
  return new StartedSystem(await freePortBase(portBase + AWAY));
}

/** Somebody else's server on that port would only get our load. */
async function isOurs(gateway: string): Promise<boolean> {
  try {
    const answer = await fetch(`${gateway}/health/ready`, { signal: AbortSignal.timeout(ANSWER_MS) });
    const { dependencies } = (await answer.json()) as { dependencies?: { identity?: unknown } };
    return dependencies?.identity !== undefined;
  } catch {
    return false;
  }
}
