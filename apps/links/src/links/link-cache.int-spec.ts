import { Cache } from '@cairn/caching';
import { Sql } from '@cairn/database';
import { openDatabase } from '@cairn/testing';
import { afterEach, expect, jest, test } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { database } from '../database.ts';
import { LinkCache } from './link-cache.service.ts';
import { insertLinks } from './link.factory.ts';
import { ServedLinks } from './served-links.query.ts';

const MINUTE = 60_000;

afterEach(() => void jest.restoreAllMocks());

test('without PostgreSQL what is known goes on for an hour, and not for two', async () => {
  Logger.overrideLogger(false);
  const { dataSource, close } = await openDatabase(database);
  await insertLinks((text, values) => dataSource.query(text, values), { code: 'known' });
  // Never opened: in memory alone, where the clock is that of this process.
  const cache = new Cache({
    REDIS_URL: process.env.TEST_REDIS_URL!,
    CACHE: 'on',
    CACHE_PATIENCE_MS: 50,
    CACHE_ALONE_MS: 0,
    CACHE_ALONE_LOADS: 8,
    namespace: 'links',
  });
  const links = new LinkCache(cache, new ServedLinks(new Sql(dataSource)));
  const known = { code: 'known', url: 'https://example.org/' };
  expect(await links.get('known')).toMatchObject(known);
  await close();
  const { now } = performance;
  const after = (minutes: number) => {
    jest.spyOn(performance, 'now').mockImplementation(() => now.call(performance) + minutes * MINUTE);
    return links.get('known');
  };
  for (const minutes of [0, 2, 59]) expect(await after(minutes)).toMatchObject(known);
  await expect(after(62)).rejects.toThrow();
  await expect(links.get('unknown')).rejects.toThrow();
});
