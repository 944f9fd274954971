import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { routesOf, startService, type RunningService } from '@cairn/testing';
import { identity } from '../src/app.module.ts';

let service: RunningService;
beforeAll(
  async () =>
    void (service = await startService(identity, {
      NODE_ENV: 'test',
      KEY_ENCRYPTION_SECRET: 'x'.repeat(32),
      BCRYPT_COST: '4',
      REFRESH_GRACE_SECONDS: '1',
    })),
);
afterAll(() => service.stop());

const password = 'correct horse battery';
const signUp = (username: string, email = `${username}@example.com`) =>
  service.post('/api/v1/users', { body: { email, username, password } });
const logIn = (login: string, secret = password) =>
  service.post('/api/v1/sessions', { body: { login, password: secret } });
const refresh = (refreshToken: string) => service.post('/api/v1/sessions/refresh', { body: { refreshToken } });

test('every route declares who may call it', () => {
  expect(routesOf(service.app).filter((route) => !route.access)).toEqual([]);
});

test('of ten sign-ups with one email exactly one succeeds', async () => {
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, n) => signUp(`twin${n}`, n % 2 ? 'Twin@Example.com' : 'twin@example.com')),
  );
  expect(answers.map((answer) => answer.status).sort()).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
  expect(answers.find((answer) => answer.status === 409)!.body.code).toBe('identity.email-taken');
});

test('a wrong password and an unknown account are one answer', async () => {
  await signUp('ada');
  const [wrong, unknown] = await Promise.all([logIn('ada', 'not the password'), logIn('nobody')]);
  const { requestId: _1, ...first } = wrong.body;
  const { requestId: _2, ...second } = unknown.body;
  expect(wrong.status).toBe(401);
  expect(first).toEqual(second);
  expect(JSON.stringify((await logIn('ADA')).body)).not.toContain('Hash');
});

test('of fifty refreshes of one token all get one successor', async () => {
  await signUp('grace');
  const { refreshToken } = (await logIn('grace')).body;
  const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(refreshToken)));
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
  expect(new Set(answers.map((answer) => answer.body.refreshToken)).size).toBe(1);
});

test('reuse after the grace revokes the session', async () => {
  await signUp('eve');
  const first = (await logIn('eve@example.com')).body.refreshToken;
  const second = (await refresh(first)).body.refreshToken;
  const third = (await refresh(second)).body.refreshToken;
  expect((await refresh(first)).body.code).toBe('identity.invalid-refresh-token');
  expect((await refresh(third)).status).toBe(401);
});

test('the access token verifies against the JWKS', async () => {
  const { keys } = (await service.get('/.well-known/jwks.json')).body;
  expect(keys).toHaveLength(1);
  expect(keys[0]).toMatchObject({ alg: 'ES256', kty: 'EC' });
  expect(keys[0]).not.toHaveProperty('d');
});
