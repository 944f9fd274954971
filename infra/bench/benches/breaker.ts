import { topology } from '@cairn/local/topology';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { EVERYTHING_ON } from '../everything-on.ts';
import { load } from '../load.ts';
import { pace } from '../pace.ts';
import type { Bench, Goal, Side } from '../side.ts';
import type { Running } from '../system.ts';

/** On identity's side: few enough that latency is work and not waiting. */
const CONNECTIONS = 4;
/** On blog's side: the same whatever state it is in. */
const PER_SECOND = 300;
const WELL_AGAIN_MS = 60_000;

type State = 'well' | 'dead' | 'silent';

export const breaker: Bench = {
  name: 'breaker',
  question: `How long identity’s answers take through the gateway while blog, asked for ${PER_SECOND} times a second all the while, is well, refuses connections, or accepts them and never answers. Both are stand-ins that cost nothing: what is measured is the gateway.`,
  async open(system) {
    await system.service('identity');
    const routes = (name: 'identity' | 'blog') => ({ ROUTES: topology[name].routes.join(',') });
    const identity = await system.side('upstream', routes('identity'));
    const blog = await system.side('upstream', routes('blog'));
    const gateway = await system.service('gateway', {
      ...system.upstreams({ identity: identity.origin, blog: blog.origin }),
      ...EVERYTHING_ON,
    });
    const side = (name: string, state: State): Side => ({
      name,
      isOurs: true,
      async measure(seconds) {
        await become(blog, 'well');
        await answers(`${gateway.origin}/api/v1/posts`);
        const stop = pace(`${gateway.origin}/api/v1/posts`, PER_SECOND);
        if (state !== 'well') await become(blog, state);
        await delay(seconds * 500); // for whoever watches to notice
        const { 'p50 ms': p50, 'p99 ms': p99 } = await load(
          gateway,
          { url: `${gateway.origin}/api/v1/profiles` },
          seconds,
          CONNECTIONS,
        );
        const statuses = await stop();
        return { 'p50 ms': p50!, 'p99 ms': p99!, 'blog 503 %': percent(statuses, 503) };
      },
    });
    return {
      sides: [side('blog well', 'well'), side('blog dead', 'dead'), side('blog silent', 'silent')],
      goals: [...goals('blog dead'), ...goals('blog silent')],
    };
  },
};

const goals = (side: string): Goal[] =>
  (['p50 ms', 'p99 ms'] as const).map((figure) => ({
    what: `identity’s ${figure.slice(0, 3)}, ${side} ÷ blog well`,
    unit: '×',
    atMost: 1.1,
    value: (round) => round[side]![figure]! / round['blog well']![figure]!,
  }));

async function become({ process: upstream }: Running, state: State): Promise<void> {
  upstream.send(state);
  await once(upstream, 'message');
}

/** A breaker that is open closes again once it has tried. */
async function answers(url: string): Promise<void> {
  for (const deadline = Date.now() + WELL_AGAIN_MS; Date.now() < deadline; await delay(50))
    if ((await fetch(url)).ok) return;
  throw new Error(`${url} did not answer again`);
}

function percent(statuses: ReadonlyMap<unknown, number>, status: number): number {
  const all = [...statuses.values()].reduce((sum, each) => sum + each, 0);
  return (100 * (statuses.get(status) ?? 0)) / (all || 1);
}
