import assert from 'node:assert/strict';
import type { Proof } from './proof.ts';
import type { StartedSystem } from '@cairn/local/started-system';
import { until } from '@cairn/local/until';

/** Of five services with a gateway, on two cores. */
const START_SECONDS = 15;
const STOP_SECONDS = 10;
/** Where others work on the same machine, one start may be slow. */
const TRIES = 3;

/** SIGTERM ends everything in time; the second start on the same data is quick and finds them. */
export const bareStart: Proof = {
  name: 'bare-start',
  async prove(system) {
    const posts = async () =>
      (await (await fetch(`${system.gateway}/api/v1/posts?limit=5`)).json()) as { items: object[] };
    const before = await posts();
    assert.notEqual(before.items.length, 0, 'there are posts');

    const starts: number[] = [];
    let stopped = 0;
    while (starts.length < TRIES && (starts.at(-1) ?? Infinity) >= START_SECONDS) {
      stopped = Math.max(stopped, await stop(system));
      starts.push(await system.start());
      const ready = await fetch(`${system.gateway}/health/ready`);
      assert.equal(ready.status, 200);
      assert.deepEqual(await posts(), before);
    }
    const quickest = Math.min(...starts);
    const all = starts.map((each) => each.toFixed(1)).join(', ');
    assert.ok(quickest < START_SECONDS, `it was ready after ${all} s:\n${system.output}`);
    return `stopped in ${stopped.toFixed(1)} s, ready again in ${quickest.toFixed(1)} s, data kept, no process left`;
  },
};

async function stop(system: StartedSystem): Promise<number> {
  assert.ok(system.processes().length > 5, 'the processes of the system are found');
  const seconds = await system.stop();
  assert.ok(seconds < STOP_SECONDS, `it stopped in ${seconds.toFixed(1)} s`);
  await until('no process is left', 1_000, () => !system.processes().length);
  return seconds;
}
