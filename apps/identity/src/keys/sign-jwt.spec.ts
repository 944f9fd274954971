import { expect, test } from '@jest/globals';
import { jwtVerify } from 'jose';
import { generateKeyPairSync } from 'node:crypto';
import { signJwt } from './sign-jwt.ts';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

test('somebody else’s library verifies it, and finds the claims, the key and the times', async () => {
  const token = signJwt({ iss: 'us', sub: 'ünï' }, 'at+jwt', 60, { kid: 'one', privateKey });
  const { payload, protectedHeader } = await jwtVerify(token, publicKey, { issuer: 'us', typ: 'at+jwt' });
  expect(protectedHeader).toEqual({ alg: 'ES256', kid: 'one', typ: 'at+jwt' });
  expect(payload).toMatchObject({ sub: 'ünï', jti: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  expect(payload.exp! - payload.iat!).toBe(60);
});

test('each is another', () => {
  const one = () => signJwt({}, 'at+jwt', 60, { kid: 'one', privateKey });
  expect(one()).not.toBe(one());
});

test('another key does not verify it', async () => {
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const token = signJwt({}, 'at+jwt', 60, { kid: 'one', privateKey: other.privateKey });
  await expect(jwtVerify(token, publicKey)).rejects.toThrow('signature verification failed');
});
