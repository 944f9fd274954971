import { expect, jest, test } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { RevocationFeed } from './revocation-feed.service.ts';

test('the log tells of the first trouble, of another, and of its end, each once', () => {
  const told = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  const options = { issuer: 'i', audience: 'a', service: 'blog', redisUrl: 'redis://none', maxTokenSeconds: 60 };
  const feed = new RevocationFeed(options) as unknown as { report(trouble?: string): void };
  for (const trouble of ['refused', 'refused', 'incomplete', undefined, undefined, 'refused']) feed.report(trouble);
  expect(told.mock.calls.map(([line]) => line)).toEqual([
    'Access revocations: none have been read yet (refused)',
    'Access revocations: none have been read yet (incomplete)',
    'Access revocations: the copy is complete and live again',
    'Access revocations: the last copy holds (refused)',
  ]);
});

test('the reason is that of the network, not that a command found no connection', async () => {
  const told = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  told.mockClear();
  const options = { issuer: 'i', audience: 'a', service: 'blog', redisUrl: 'redis://127.0.0.1:1', maxTokenSeconds: 60 };
  const feed = new RevocationFeed(options);
  await feed.open();
  await feed.close();
  expect(told.mock.calls).toEqual([[expect.stringContaining('ECONNREFUSED')]]);
});
