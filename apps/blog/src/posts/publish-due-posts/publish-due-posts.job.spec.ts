import type { Sql, Transactions } from '@cairn/database';
import { expect, jest, test } from '@jest/globals';
import { anOutbox } from '@cairn/messaging/testing';
import { Logger } from '@nestjs/common';
import type { PostRepository } from '../post.repository.ts';
import { PublishDuePostsJob } from './publish-due-posts.job.ts';

test('a post that cannot be published is told of when it begins to fail, and holds up no other', async () => {
  const told = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
  let poisoned: string[] = ['bad'];
  const tried: string[] = [];
  const rows = async () => [{ id: 'bad' }, { id: 'good' }];
  const run = (work: (tx: unknown) => unknown) => work({});
  const lockDue = async (_tx: unknown, id: string) => {
    tried.push(id);
    if (poisoned.includes(id)) throw new Error(`${id} is poisoned`);
  };
  const [sql, transactions, posts] = [{ rows }, { run }, { lockDue }] as unknown as [Sql, Transactions, PostRepository];
  const job = new PublishDuePostsJob(sql, transactions, posts, anOutbox());
  await job.run();
  await job.run();
  expect(tried).toEqual(['bad', 'good', 'bad', 'good']);
  expect(told.mock.calls).toEqual([[new Error('bad is poisoned'), expect.stringContaining('The post bad could not')]]);
  poisoned = [];
  await job.run();
  poisoned = ['bad'];
  await job.run();
  expect(told).toHaveBeenCalledTimes(2);
});
