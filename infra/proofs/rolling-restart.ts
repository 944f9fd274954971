import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Load, type Sample } from './load.ts';
import type { Proof } from './proof.ts';
import type { StartedSystem } from '@cairn/local/started-system';
import { until } from '@cairn/local/until';

const STEADY_MS = 3_000;
/** Its drain, its stop, its start, and a second in which the gateway sees that it is ready. */
const BACK_WITHIN_MS = 30_000;
const SEEN_MS = 2_000;
/** Until the kernel has ended a killed process and closed its connections: what is sent on one of them meanwhile is lost with it. */
const DYING_MS = 500;

/** With two instances of each, one after the other is restarted under load and nobody notices; one that is killed costs what it had in hand. */
export const rollingRestart: Proof = {
  name: 'rolling-restart',
  options: ['--scale', 'blog=2', 'identity=2'],
  async prove(system) {
    // On a slow machine several who comment on one post wait for its row for too long, which is a 503 that no restart has caused.
    const load = new Load(system.gateway, 1);
    await load.start();
    const seen: string[] = [];
    try {
      await delay(STEADY_MS);
      for (const name of ['blog', 'blog-2', 'identity', 'identity-2']) seen.push(await restart(name, system, load));
      seen.push(await kill('blog-2', system, load));
    } finally {
      await load.stop();
    }
    const { posts, comments } = await load.verify();
    return `${seen.join('; ')}; ${posts} posts and ${comments} comments acknowledged, each there once`;
  },
};

async function restart(name: string, system: StartedSystem, load: Load): Promise<string> {
  const samples = await end(name, 'SIGTERM', system, load);
  refuse(`${name} restarted`, samples.filter(fails));
  return `${name} restarted: none of ${samples.length} requests failed`;
}

/** What was under way in it is told so, by a status that says that it may be tried again or looked for; whatever began later went elsewhere. */
async function kill(name: string, system: StartedSystem, load: Load): Promise<string> {
  const killed = performance.now();
  const samples = await end(name, 'SIGKILL', system, load);
  const failed = samples.filter(fails);
  const wasThere = ({ began, status }: Sample) => began < killed + DYING_MS && [502, 503, 504].includes(Number(status));
  refuse(
    `${name} killed`,
    failed.filter((sample) => !wasThere(sample)),
  );
  return `${name} killed: ${failed.length} of ${samples.length} requests failed, all of them under way in it`;
}

/** Answers what was under way or began from the signal on until it is ready again, and known to be. */
async function end(name: string, signal: NodeJS.Signals, system: StartedSystem, load: Load): Promise<Sample[]> {
  const again = `${name} is ready again`;
  const before = system.count(again);
  const began = performance.now();
  process.kill(Number(readFileSync(path.join(system.data, 'pids', name), 'utf8')), signal);
  await until(again, BACK_WITHIN_MS, () => system.count(again) > before);
  await delay(SEEN_MS);
  return load.samples.filter(({ ended }) => ended >= began);
}

const fails = ({ status }: Sample) => status === 'none' || status >= 300;

function refuse(when: string, wrong: readonly Sample[]) {
  if (!wrong.length) return;
  const kinds = Map.groupBy(wrong, ({ what, status, code }) => `${what}: ${status} ${String(code)}`);
  throw new Error(`${when}: ${[...kinds].map(([kind, samples]) => `${kind}, ${samples.length} times`).join('; ')}`);
}
