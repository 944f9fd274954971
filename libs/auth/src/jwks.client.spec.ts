import { beforeEach, expect, jest, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { JwksClient } from './jwks.client.ts';

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one' }] };
let now = 0;
beforeEach(() => void jest.spyOn(performance, 'now').mockImplementation(() => now));

test('readiness sees keys that were never fetched, that they were, and that the issuer is away; the cause is kept', async () => {
  let away: Error | undefined = new Error('connect ECONNREFUSED');
  const client = new JwksClient({
    jwks: async () => {
      if (away) throw away;
      return jwks;
    },
  });
  expect(client.isKnown).toBe(false);
  await expect(client.check()).rejects.toBe(away);
  await expect(client.key('one')).rejects.toMatchObject({ cause: away });
  away = undefined;
  now += 2_000;
  await client.check();
  expect(client.isKnown).toBe(true);
  away = new Error('503');
  now += 61_000;
  await expect(client.check()).rejects.toBe(away);
  expect(client.isKnown).toBe(true);
  await expect(client.key('one')).resolves.toBeDefined(); // the last copy holds
});
