import { runSpecs } from './specs.ts';
import type { Proof } from './proof.ts';

/** The tests that need Kafka, and so Java and Maven, which a newcomer's machine need not have: the driver and the contract of every broker. */
export const kafka: Proof = {
  name: 'kafka',
  withoutSystem: true,
  async prove() {
    const count = await runSpecs(['libs/backing', 'libs/messaging'], '/kafka\\.', { TEST_KAFKA: 'true' });
    return `${count} tests on a real Kafka passed`;
  },
};
