import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { AuthConfigSchema, AuthModule, Public, Roles, Services, ServiceTokens, SignedIn } from '@cairn/auth';
import { Transactions } from '@cairn/database';
import { freePort, Guardian, startRedis, stopChild, type RunningServer } from '@cairn/backing';
import { createApplication, runCommand, serve } from '@cairn/service';
import { startService, type RunningService } from '@cairn/testing';
import { Controller, Get, Module, type INestApplication } from '@nestjs/common';
import { Redis } from 'ioredis';
import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DataSource } from 'typeorm';
import { identity } from '../src/app.module.ts';
import { ConfigSchema } from '../src/config.ts';
import { SigningKeys } from '../src/keys/signing-keys.service.ts';
import { RevocationRelay } from '../src/sessions/revocation-relay.service.ts';

/* Identity, another service that knows it by its key set and by Redis only, and a Redis of their own that is stopped and started. */

@Controller('things')
class ThingsController {
  @Get('own')
  @SignedIn()
  own() {
    return {};
  }

  @Get('moderated')
  @Roles('moderator')
  moderated() {
    return {};
  }

  @Get('open')
  @Public()
  open() {
    return {};
  }

  @Get('internal')
  @Services('blog')
  internal() {
    return {};
  }
}

@Module({ controllers: [ThingsController] })
class ThingsModule {}

const password = 'correct horse battery';
const secret = 'blog-secret-blog-secret';
let folder: string;
let port: number;
let server: RunningServer;
let guardian: Guardian;
let service: RunningService;
let things: INestApplication;
let database: DataSource;
const environment = () => ({
  NODE_ENV: 'test',
  REDIS_URL: `redis://127.0.0.1:${port}`,
  KEY_ENCRYPTION_SECRET: 'x'.repeat(32),
  BCRYPT_COST: '4',
  SERVICE_CLIENTS: JSON.stringify({ blog: secret, shop: secret }),
  FIRST_ADMIN_EMAIL: 'chief@example.com',
  FIRST_ADMIN_USERNAME: 'chief',
  FIRST_ADMIN_PASSWORD: password,
});

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cairn-revocations-'));
  guardian = new Guardian(); // ends Redis when this process is killed
  guardian.removeAfterwards(folder);
  port = await freePort();
  await startEmptyRedis();
  service = await startService(identity, environment());
  database = service.app.get(DataSource, { strict: false });
  things = await startThings();
});
afterAll(async () => {
  await things.close();
  await service.stop();
  await stopRedis();
  guardian.dismiss();
  await rm(folder, { recursive: true, force: true });
});

async function startThings({ isVital = true, identityUrl = service.url } = {}): Promise<INestApplication> {
  const config = AuthConfigSchema.parse({ ...environment(), JWKS_URL: `${identityUrl}/.well-known/jwks.json` });
  const module = { module: ThingsModule, imports: [AuthModule.forRoot(config, { service: 'things', isVital })] };
  const app = await createApplication({ name: 'things', title: 'Things', module });
  await serve(app, 0, '127.0.0.1');
  return app;
}

const stopRedis = () => stopChild(server.process, server.stopSignal, 5_000);
async function startEmptyRedis(): Promise<void> {
  server = await startRedis({
    folder,
    port,
    durable: false,
    onSpawn: (child, signal) => guardian.watch(child, signal),
  });
}

async function ask(app: INestApplication, route: string, token?: string): Promise<number> {
  const url = `${(await app.getUrl()).replace('[::1]', '127.0.0.1')}/api/v1/things/${route}`;
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return (await fetch(url, { headers })).status;
}

async function readiness(app: INestApplication) {
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  const answer = await fetch(`${url}/health/ready`);
  const body = (await answer.json()) as { status: string; dependencies: Record<string, { status: string }> };
  return { code: answer.status, status: body.status, revocations: body.dependencies.revocations?.status };
}

const ready = { code: 200, status: 'ok', revocations: 'ok' };
const notReady = { code: 503, status: 'unavailable', revocations: 'unavailable' };
const degraded = { code: 200, status: 'degraded', revocations: 'unavailable' };

let counter = 0;
async function signedIn() {
  const username = `user${++counter}`;
  await service.post('/api/v1/users', { body: { email: `${username}@example.com`, username, password } });
  const { body } = await service.post('/api/v1/sessions', { body: { login: username, password } });
  return { id: body.user.id as string, token: body.accessToken as string, as: bearer(body.accessToken) };
}
const bearer = (token: string) => ({ id: '', authorization: `Bearer ${token}` });
const logOut = (who: { as: ReturnType<typeof bearer> }) => service.delete('/api/v1/sessions/current', { as: who.as });

/** Asks until it holds; the last failure is the test's. */
async function eventually(assertion: () => Promise<void>, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
const refusedWithinASecond = (token: string, app = things) =>
  eventually(async () => expect(await ask(app, 'own', token)).toBe(401), 1_000);

test('whatever ends an access token ends it elsewhere within a second', async () => {
  await eventually(async () => expect(await readiness(things)).toEqual(ready), 5_000);
  const chief = (await service.post('/api/v1/sessions', { body: { login: 'chief', password } })).body;
  const admin = bearer(chief.accessToken);
  const ends: Record<string, (who: Awaited<ReturnType<typeof signedIn>>) => Promise<{ status: number }>> = {
    'a log-out': logOut,
    'a suspension': ({ id }) => service.post(`/api/v1/users/${id}/suspend`, { as: admin, body: { reason: 'spam' } }),
    'a change of roles': ({ id }) =>
      service.put(`/api/v1/users/${id}/roles`, { as: admin, body: { roles: ['admin'] } }),
    'a deletion': ({ id }) => service.delete(`/api/v1/users/${id}`, { as: admin }),
  };
  for (const [name, end] of Object.entries(ends)) {
    const [who, bystander] = [await signedIn(), await signedIn()];
    expect([name, await ask(things, 'own', who.token)]).toEqual([name, 200]); // verified, and remembered
    const { status } = await end(who);
    expect([name, Math.floor(status / 100)]).toEqual([name, 2]);
    await refusedWithinASecond(who.token);
    expect([name, await ask(things, 'own', bystander.token)]).toEqual([name, 200]);
  }
});

test('a log-out just after the session has expired ends the access token that outlives it', async () => {
  const { id, token, as } = await signedIn();
  await database.query('UPDATE sessions SET expires_at = now() WHERE user_id = $1', [id]);
  expect((await logOut({ as })).status).toBe(204);
  await refusedWithinASecond(token);
});

test('a change that is rolled back ends nothing', async () => {
  const { id, token } = await signedIn();
  const before = await database.query('SELECT count(*)::int FROM access_revocations');
  expect((await service.delete(`/api/v1/sessions/${id}`, { as: bearer(token) })).status).toBe(404);
  expect(await database.query('SELECT count(*)::int FROM access_revocations')).toEqual(before);
  expect(await ask(things, 'own', token)).toBe(200);
});

test('while Redis is away the last copy holds, who starts without one refuses users, and all catch up when it is back, empty', async () => {
  const [before, during, untouched] = [await signedIn(), await signedIn(), await signedIn()];
  await logOut(before);
  await refusedWithinASecond(before.token);

  await stopRedis();
  await eventually(async () => expect(await readiness(things)).toEqual(degraded), 5_000);
  const late = await startThings();
  expect(await readiness(late)).toEqual(notReady);
  expect(await ask(late, 'own', untouched.token)).toBe(503); // revoked or not: who has never had a list cannot know
  expect(await ask(late, 'own', 'nonsense')).toBe(401);
  expect(await ask(late, 'open')).toBe(200);
  const lateAndOpen = await startThings({ isVital: false });
  expect(await readiness(lateAndOpen)).toEqual(degraded);
  expect(await ask(lateAndOpen, 'own', untouched.token)).toBe(503);
  expect(await ask(lateAndOpen, 'open')).toBe(200);
  expect((await logOut(during)).status).toBe(204);
  expect(await ask(things, 'own', before.token)).toBe(401);
  expect(await ask(things, 'own', untouched.token)).toBe(200);

  await startEmptyRedis();
  for (const app of [things, late, lateAndOpen]) {
    await eventually(async () => expect(await ask(app, 'own', during.token)).toBe(401), 5_000);
    await eventually(async () => expect(await ask(app, 'own', before.token)).toBe(401), 5_000);
    await eventually(async () => expect(await readiness(app)).toEqual(ready), 5_000);
    expect(await ask(app, 'own', untouched.token)).toBe(200);
  }
  await Promise.all([late, lateAndOpen].map((app) => app.close()));
});

test('while identity is away who starts without its keys is not ready, unless its work needs no token', async () => {
  const { token } = await signedIn();
  const identityUrl = `http://127.0.0.1:${await freePort()}`;
  for (const [isVital, code] of [
    [true, 503],
    [false, 200],
  ] as const) {
    // prettier-ignore
    const app = await startThings({ isVital, identityUrl });
    expect([isVital, (await readiness(app)).code]).toEqual([isVital, code]);
    expect([await ask(app, 'own', token), await ask(app, 'open')]).toEqual([503, 200]);
    await app.close();
  }
});

test('a Redis that is emptied while it runs is filled again', async () => {
  const [before, after] = [await signedIn(), await signedIn()];
  await logOut(before);
  await refusedWithinASecond(before.token);
  const redis = new Redis(environment().REDIS_URL);
  await redis.flushall();
  redis.disconnect();
  const late = await startThings();
  await eventually(async () => expect(await ask(late, 'own', before.token)).toBe(401), 5_000);
  await logOut(after);
  await refusedWithinASecond(after.token);
  await refusedWithinASecond(after.token, late);
  await late.close();
});

test('an identity whose clock is hours ahead trims nothing that is in force', async () => {
  const [before, during] = [await signedIn(), await signedIn()];
  await logOut(before);
  await refusedWithinASecond(before.token);
  const relay = service.app.get(RevocationRelay, { strict: false });
  const sendNew = relay.sendNew.bind(relay);
  const ahead = jest.spyOn(relay, 'sendNew').mockImplementation(async () => {
    const realNow = Date.now;
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => realNow() + 3 * 3_600_000);
    await sendNew().finally(() => clock.mockRestore());
  });
  await logOut(during);
  await refusedWithinASecond(during.token);
  ahead.mockRestore();
  const late = await startThings();
  for (const { token } of [before, during]) expect(await ask(late, 'own', token)).toBe(401);
  await late.close();
});

test('a Redis that takes no write is named by readiness, and given the log-out when it does again', async () => {
  const relay = async () => {
    const { body } = await service.get('/health/ready');
    return [body.status, body.dependencies.redis.status, body.dependencies['revocation-relay'].status];
  };
  const who = await signedIn();
  const redis = new Redis(environment().REDIS_URL);
  await redis.config('SET', 'maxmemory', '1');
  expect((await logOut(who)).status).toBe(204);
  await eventually(async () => expect(await relay()).toEqual(['degraded', 'ok', 'unavailable']), 5_000);
  expect(await ask(things, 'own', who.token)).toBe(200);
  await redis.config('SET', 'maxmemory', '0');
  redis.disconnect();
  await refusedWithinASecond(who.token);
  await eventually(async () => expect(await relay()).toEqual(['ok', 'ok', 'ok']), 5_000);
});

test('a log-out that waits for somebody to send it is named by readiness', async () => {
  const relay = async () => (await service.get('/health/ready')).body.dependencies['revocation-relay'].status;
  const asleep = jest.spyOn(service.app.get(RevocationRelay, { strict: false }), 'sendNew').mockResolvedValue();
  await logOut(await signedIn());
  expect(await relay()).toBe('ok');
  await database.query(`UPDATE access_revocations SET until = until - interval '6 s' WHERE sent_at IS NULL`);
  expect(await relay()).toBe('unavailable');
  asleep.mockRestore();
  await eventually(async () => expect(await relay()).toBe('ok'), 5_000);
});

test('a Redis that hangs is asked no more for a while, refuses nobody, and counts nothing when it wakes up', async () => {
  const login = `user${++counter}`;
  await service.post('/api/v1/users', { body: { email: `${login}@example.com`, username: login, password } });
  const logIn = async () => (await service.post('/api/v1/sessions', { body: { login, password } })).status;
  const together = () => Promise.all(Array.from({ length: 20 }, logIn));
  server.process.kill('SIGSTOP');
  try {
    expect(new Set(await together())).toEqual(new Set([201]));
    const sent = jest.spyOn(Redis.prototype, 'sendCommand');
    expect(await logIn()).toBe(201);
    expect(sent.mock.calls.map(([{ name }]) => name).filter((name) => /^(eval|del)/.test(name))).toEqual([]);
    sent.mockRestore();
  } finally {
    server.process.kill('SIGCONT');
  }
  const redis = new Redis(environment().REDIS_URL);
  await eventually(async () => {
    const keys = await redis.keys('login-account*');
    const counts = keys.length === 0 ? [] : await redis.mget(keys);
    expect(counts.filter((count) => Number(count) > 0)).toEqual([]);
  }, 5_000);
  redis.disconnect();
  await eventually(async () => expect(await readiness(things)).toEqual(ready), 5_000);
});

test('a service that starts has the list before it listens', async () => {
  const { token } = await signedIn();
  const late = await startThings();
  expect(await readiness(late)).toEqual(ready);
  expect(await ask(late, 'own', token)).toBe(200);
  await late.close();
});

test('when the wall clock is set, the list is read again from its start', async () => {
  const readAll = jest.spyOn(Redis.prototype, 'xrange');
  const realNow = Date.now;
  const clock = jest.spyOn(Date, 'now').mockImplementation(() => realNow() + 86_400_000);
  await eventually(async () => expect(readAll).toHaveBeenCalled(), 5_000);
  readAll.mockClear();
  clock.mockRestore();
  await eventually(async () => expect(readAll).toHaveBeenCalled(), 5_000);
  readAll.mockRestore();
});

test('a service calls another by a token for it; users do not pass for services, nor services for users', async () => {
  const options = { identityUrl: service.url, clientSecret: secret };
  const [blog, shop] = ['blog', 'shop'].map((clientId) => new ServiceTokens({ ...options, clientId }));
  const token = await blog!.token('things');
  const user = await signedIn();
  expect(await ask(things, 'internal', token)).toBe(200);
  expect(await ask(things, 'internal', await blog!.token('elsewhere'))).toBe(401);
  expect(await ask(things, 'internal', await shop!.token('things'))).toBe(403);
  expect(await ask(things, 'internal', user.token)).toBe(401);
  expect(await ask(things, 'internal')).toBe(401);
  for (const route of ['own', 'moderated', 'open']) expect(await ask(things, route, token)).toBe(401);
  // kept, and asked for once by many
  expect(await Promise.all(Array.from({ length: 10 }, () => blog!.token('things')))).toEqual(Array(10).fill(token));
});

test('routes refuse who they are not for', async () => {
  const { token } = await signedIn();
  expect(await ask(things, 'open')).toBe(200);
  expect(await ask(things, 'open', token)).toBe(200);
  expect(await ask(things, 'open', 'nonsense')).toBe(401);
  expect(await ask(things, 'own')).toBe(401);
  expect(await ask(things, 'moderated', token)).toBe(403);
});

test('the scheme is known in any case; two Authorization headers are refused, not one of them chosen', async () => {
  const { token } = await signedIn();
  const { hostname, port: listening } = new URL((await things.getUrl()).replace('[::1]', '127.0.0.1'));
  const status = (headers: string[]) =>
    new Promise<number | undefined>((resolve, reject) => {
      const asking = { hostname, port: listening, path: '/api/v1/things/own', headers: ['Host', hostname, ...headers] };
      get(asking, (answer) => resolve(answer.resume().statusCode)).on('error', reject);
    });
  expect(await status(['authorization', `bEaReR ${token}`])).toBe(200);
  expect(await status(['authorization', `Basic ${token}`])).toBe(401);
  expect(await status(['authorization', `Bearer ${token}`, 'Authorization', 'Bearer other'])).toBe(401);
});

test('a new key is published before it signs, the old one as long as its tokens live; no token fails', async () => {
  const keys = service.app.get(SigningKeys, { strict: false });
  const { token } = await signedIn();
  const published = async (): Promise<string[]> =>
    (await service.get('/.well-known/jwks.json')).body.keys.map(({ kid }: { kid: string }) => kid);
  const kidOf = (text: string) => JSON.parse(Buffer.from(text.split('.')[0]!, 'base64url').toString()).kid as string;
  const [old] = await published();
  const rotated = await Promise.all(Array.from({ length: 5 }, () => keys.rotate())); // as five instances, or operators
  expect(new Set(rotated.map(({ kid }) => kid)).size).toBe(1);
  const next = rotated[0]!.kid;
  expect((await published()).sort()).toEqual([old, next].sort());
  expect(kidOf((await signedIn()).token)).toBe(old);
  const said = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  expect(await runCommand(service.app, 'rotate-keys')).toBe(1); // one waits already: it is the answer
  expect(said.mock.calls[0]![0]).toContain(next);
  said.mockRestore();

  await database.query('UPDATE signing_keys SET signs_from = now() WHERE kid = $1', [next]);
  await keys.list(); // forgets the copy
  const young = await signedIn();
  expect(kidOf(young.token)).toBe(next);
  expect(await ask(things, 'own', young.token)).toBe(200);
  expect(await ask(things, 'own', token)).toBe(200);

  await database.query(`UPDATE signing_keys SET signs_from = signs_from - interval '31 days'`);
  await Promise.all([keys.rotateIfDue(), keys.rotateIfDue(), keys.rotateIfDue()]);
  const kids = await published();
  expect(kids).toHaveLength(2); // due: a third waits, and the first is forgotten
  expect(kids).not.toContain(old);
  for (const key of await database.query('SELECT * FROM signing_keys'))
    expect(String(key.sealed_private_key)).not.toContain('BEGIN');
});

/** This process's wall clock alone: timers and the monotonic clock go on. */
async function withClock<T>(aheadMs: number, work: () => Promise<T>): Promise<T> {
  const others = ['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const;
  const timers = ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const;
  jest.useFakeTimers({ now: Date.now() + aheadMs, doNotFake: [...others, ...timers] });
  return work().finally(() => jest.useRealTimers());
}
const DAY_MS = 86_400_000;

test('an instance whose clock is a month ahead or behind neither adds nor deletes a key', async () => {
  const url = (database.options as unknown as { url: string }).url;
  const config = ConfigSchema.parse({ ...environment(), DATABASE_URL: url, JWKS_URL: service.url });
  const elsewhere = () => new SigningKeys(database, service.app.get(Transactions, { strict: false }), config);
  const kids = () => database.query('SELECT kid FROM signing_keys ORDER BY kid');
  const before = await kids();
  for (const aheadMs of [32 * DAY_MS, -32 * DAY_MS]) {
    const keys = elsewhere();
    await withClock(aheadMs, () => keys.open());
    expect(await kids()).toEqual(before);
    const { signsFrom } = await withClock(aheadMs, () => keys.rotate());
    expect(signsFrom.getTime()).toBeLessThanOrEqual(Date.now() + config.KEY_PUBLISH_SECONDS * 1_000);
  }
  await signedIn();
});

test('keys that were made by a wrong clock are mended by a rotation', async () => {
  const keys = service.app.get(SigningKeys, { strict: false });
  await database.query(`UPDATE signing_keys SET signs_from = signs_from + interval '40 days'`);
  await keys.list(); // forgets the copy
  await expect(keys.signer()).rejects.toThrow(/^No key signs yet/);
  const { kid } = await keys.rotate();
  expect((await keys.signer()).kid).toBe(kid);
  const { token } = await signedIn();
  await eventually(async () => expect(await ask(things, 'own', token)).toBe(200), 3_000); // an unknown kid is asked for once a second
  const [{ late }] = await database.query(
    `SELECT count(*)::int AS late FROM signing_keys WHERE signs_from > now() + interval '181 s'`,
  );
  expect(late).toBe(0);
});

test('a retry within the grace is repeated by an instance whose clock is ahead', async () => {
  const username = `user${++counter}`;
  await service.post('/api/v1/users', { body: { email: `${username}@example.com`, username, password } });
  const { refreshToken } = (await service.post('/api/v1/sessions', { body: { login: username, password } })).body;
  const refresh = () => service.post('/api/v1/sessions/refresh', { body: { refreshToken } });
  expect((await refresh()).status).toBe(200);
  expect((await withClock(11_000, refresh)).status).toBe(200);
});

test('a wrong secret is one sentence', async () => {
  const url = (database.options as unknown as { url: string }).url;
  const other = { ...environment(), KEY_ENCRYPTION_SECRET: 'y'.repeat(32), DATABASE_URL: url };
  await expect(startService(identity, other)).rejects.toThrow(/^KEY_ENCRYPTION_SECRET is not the one/);

  // Nor does it rotate: a key that the running instances cannot open would, once it signs, end every login.
  const config = ConfigSchema.parse({ ...other, DATABASE_OWNER_URL: url, JWKS_URL: service.url });
  const keys = new SigningKeys(database, service.app.get(Transactions, { strict: false }), config);
  await database.query('DELETE FROM signing_keys WHERE signs_from > now()');
  const before = await database.query('SELECT kid FROM signing_keys');
  await expect(keys.rotate()).rejects.toThrow(/^KEY_ENCRYPTION_SECRET is not the one/);
  await database.query(`UPDATE signing_keys SET signs_from = signs_from - interval '31 days'`);
  await expect(keys.rotateIfDue()).rejects.toThrow(/^KEY_ENCRYPTION_SECRET is not the one/);
  expect(await database.query('SELECT kid FROM signing_keys')).toEqual(before);
});
