import { expect, test } from '@jest/globals';
import type { Admin, ITopicConfig } from 'kafkajs';
import { Topics } from './topics.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

/** What a cluster is asked to make. */
async function made(...retention: [number?]): Promise<ITopicConfig[]> {
  const asked: ITopicConfig[] = [];
  const admin = {
    connect: async () => undefined,
    disconnect: async () => undefined,
    createTopics: async ({ topics }: { topics: ITopicConfig[] }) => asked.push(...topics) > 0,
    fetchTopicMetadata: async () => ({ topics: [] }),
  } as unknown as Admin;
  await new Topics({ admin: () => admin }, ...retention).ensure(['blog']);
  return asked;
}

test('a topic keeps what is in it for ever, or as long as is said', async () => {
  expect(await made()).toEqual([
    { topic: 'blog', numPartitions: 8, configEntries: [{ name: 'retention.ms', value: '-1' }] },
  ]);
  expect(await made(7 * DAY_MS)).toMatchObject([{ configEntries: [{ name: 'retention.ms', value: '604800000' }] }]);
});
