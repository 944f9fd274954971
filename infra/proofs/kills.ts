import { runSpecs } from './specs.ts';
import type { Proof } from './proof.ts';

/** The tests that kill what they run on, and wait until it is back: too slow to be run at every change. */
export const kills: Proof = {
  name: 'kills',
  withoutSystem: true,
  async prove() {
    const projects = ['infra/local', 'libs/caching', 'libs/messaging', 'apps/links'];
    const count = await runSpecs(projects, '\\.kills\\.', { TEST_KILLS: 'true' });
    return `${count} tests passed, in which Redis, services and their runner were killed`;
  },
};
