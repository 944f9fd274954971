import { createTestKafka } from '@cairn/testing';
import { contractOf } from '../testing/contract.ts';
import { KafkaBroker } from './kafka.broker.ts';

contractOf('Kafka', async () => {
  const { brokers } = await createTestKafka();
  return { connect: () => new KafkaBroker({ brokers, clientId: 'contract', sessionMs: 3_000 }), patienceMs: 30_000 };
});
