import assert from 'node:assert/strict';
import type { Proof } from './proof.ts';
import { until } from './until.ts';

const START_SECONDS = 8;
const STOP_SECONDS = 10;

/** SIGTERM ends everything in time; the second start on the same data is quick and finds them. */
export const bareStart: Proof = {
  name: 'bare-start',
  async prove(system) {
    const posts = async () =>
      (await (await fetch(`${system.gateway}/api/v1/posts?limit=5`)).json()) as { items: object[] };
    const before = await posts();
    assert.notEqual(before.items.length, 0, 'there are posts');

    const stopped = await system.stop();
    assert.ok(stopped < STOP_SECONDS, `it stopped in ${stopped.toFixed(1)} s`);
    await until(`no process is left, but ${system.processes().join(', ')}`, 1_000, () => !system.processes().length);

    const started = await system.start();
    const ready = await fetch(`${system.gateway}/health/ready`);
    assert.equal(ready.status, 200);
    assert.ok(started < START_SECONDS, `it was ready after ${started.toFixed(1)} s`);
    assert.deepEqual(await posts(), before);
    return `stopped in ${stopped.toFixed(1)} s, ready again in ${started.toFixed(1)} s, data kept, no process left`;
  },
};
