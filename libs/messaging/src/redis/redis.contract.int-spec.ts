import { createTestRedis } from '@cairn/testing';
import { contractOf } from '../testing/contract.ts';
import { RedisBroker } from './redis.broker.ts';

contractOf('Redis Streams', async () => {
  const { url, drop } = await createTestRedis();
  const brokers: RedisBroker[] = [];
  const connect = () => {
    const broker = new RedisBroker({ url });
    brokers.push(broker);
    return broker;
  };
  const close = async () => {
    brokers.forEach((broker) => broker.hangUp()); // those that have been killed go on trying to come back
    await drop();
  };
  return { connect, patienceMs: 20_000, close };
});
