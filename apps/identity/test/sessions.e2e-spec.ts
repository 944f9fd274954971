import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createTestRedis, startService, type Answer, type RunningService, type TestRedis } from '@cairn/testing';
import bcrypt from 'bcrypt';
import { Redis } from 'ioredis';
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { DataSource } from 'typeorm';
import { identity } from '../src/app.module.ts';
import { Limiter } from '../src/redis/rate-limits.service.ts';
import { DeleteOldSessionsJob } from '../src/sessions/delete-old-sessions.job.ts';
import { SessionRepository } from '../src/sessions/session.repository.ts';
import { PasswordHasher } from '../src/users/password-hasher.service.ts';

let service: RunningService;
let redis: TestRedis;
let database: DataSource;
const secret = 'blog-secret-blog-secret';
const variables = {
  NODE_ENV: 'test',
  KEY_ENCRYPTION_SECRET: 'x'.repeat(32),
  BCRYPT_COST: '4',
  PASSWORD_QUEUE: '500',
  SIGN_UPS_PER_HOUR: '1000',
  SERVICE_CLIENTS: JSON.stringify({ blog: secret }),
};
beforeAll(async () => {
  redis = await createTestRedis();
  service = await startService(identity, { ...variables, REDIS_URL: redis.url });
  database = service.app.get(DataSource, { strict: false });
});
afterAll(async () => {
  await service.stop();
  await redis.drop();
});
beforeEach(async () => {
  const client = new Redis(redis.url);
  await client.flushdb(); // failed logins of the test before
  client.disconnect();
});

const password = 'correct horse battery';
const logIn = (login: string, given = password, headers?: Record<string, string>) =>
  service.post('/api/v1/sessions', { body: { login, password: given }, headers });
const refresh = (refreshToken: string) => service.post('/api/v1/sessions/refresh', { body: { refreshToken } });
const as = ({ body }: Answer) => ({ id: body.user.id as string, authorization: `Bearer ${body.accessToken}` });
const withoutRequestId = ({ requestId: _, ...body }: Record<string, unknown>) => body;
const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());

let counter = 0;
async function newUser(secretWord = password): Promise<string> {
  const username = `user${++counter}`;
  const body = { email: `${username}@example.com`, username, password: secretWord };
  expect((await service.post('/api/v1/users', { body })).status).toBe(201);
  return username;
}

/** A login from another address than this machine's: without the network, through Fastify itself. */
async function logInFrom(remoteAddress: string, login: string, given: string) {
  const fastify = service.app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const payload = { login, password: given };
  return fastify.inject({ method: 'POST', url: '/api/v1/sessions', remoteAddress, payload });
}

describe('logging in', () => {
  test('answers tokens that may not be cached, by email or username in any case', async () => {
    const username = await newUser();
    const answer = await logIn(`${username.toUpperCase()}@Example.com`);
    expect(answer).toMatchObject({ status: 201, body: { expiresIn: 600, user: { username } } });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const claims = claimsOf(answer.body.accessToken);
    expect(claims).toMatchObject({ iss: 'cairn-identity', aud: 'cairn', sub: answer.body.user.id, ver: 1 });
    expect(claims.exp - claims.iat).toBe(600);
    expect((await logIn(username.toUpperCase())).status).toBe(201);
    // A client sends its old token along: it must not be in the way of a new one.
    expect((await logIn(username, password, { authorization: 'Bearer expired' })).status).toBe(201);
  });

  test('a wrong password, an unknown and a deleted account are one answer after the same work', async () => {
    const [known, deleted] = [await newUser(), await newUser()];
    await database.query(
      `UPDATE users SET state = 'deleted', email = NULL, username = NULL, password_hash = NULL, display_name = NULL,
       bio = NULL, avatar_url = NULL, roles = '{}' WHERE username = $1`,
      [deleted],
    );
    const compare = jest.spyOn(bcrypt, 'compare');
    const answers = [];
    for (const login of [known, 'nobody', deleted, 'nobody@example.com']) answers.push(await logIn(login, 'wrong one'));
    const costs = compare.mock.calls.map(([, hash]) => bcrypt.getRounds(String(hash)));
    compare.mockRestore();
    expect(costs).toEqual([4, 4, 4, 4]);
    for (const { status, body } of answers) {
      expect(status).toBe(401);
      expect(withoutRequestId(body)).toEqual(withoutRequestId(answers[0]!.body));
    }
  });

  test.each<[string, unknown, unknown, number]>([
    ['a zero byte', '\u0000', password, 401],
    ['a zero byte in an email', 'a\u0000@example.com', password, 401],
    ['half a character', '\ud800', '\udc00', 401],
    ['letters that grow in lower case', '\u0130'.repeat(254), password, 401],
    ['SQL', `' OR 1=1 --`, `' OR 1=1 --`, 401],
    ['the name of a prototype', '__proto__', 'constructor', 401],
    ['a login too long', 'x'.repeat(255), password, 400],
    ['a password too long', 'x', 'x'.repeat(100_000), 400],
    ['a list', ['x'], [password], 400],
    ['an object', { $ne: null }, { $ne: null }, 400],
    ['nothing', null, null, 400],
  ])('hostile input is refused: %s', async (_, login, given, status) => {
    expect((await service.post('/api/v1/sessions', { body: { login, password: given } })).status).toBe(status);
  });

  test('a suspended account is told of it only after the right password, and cannot refresh', async () => {
    const username = await newUser();
    const { refreshToken } = (await logIn(username)).body;
    await database.query(`UPDATE users SET state = 'suspended', suspended_reason = 'spam' WHERE username = $1`, [
      username,
    ]);
    expect((await logIn(username, 'wrong one')).body.code).toBe('identity.wrong-credentials');
    expect(await logIn(username)).toMatchObject({ status: 403, body: { code: 'identity.account-suspended' } });
    expect((await refresh(refreshToken)).status).toBe(401);
  });

  test('of fifty guesses at once ten are verified, and the owner comes in from where he always did', async () => {
    const username = await newUser();
    expect((await logIn(username)).status).toBe(201); // 127.0.0.1 is familiar now
    const compare = jest.spyOn(bcrypt, 'compare');
    const guesses = await Promise.all(
      Array.from({ length: 50 }, (_, n) => logInFrom('192.0.2.1', username, `guess number ${n}`)),
    );
    expect(compare).toHaveBeenCalledTimes(10);
    compare.mockRestore();
    const refused = guesses.filter(({ statusCode }) => statusCode === 429);
    expect(refused).toHaveLength(40);
    expect(refused[0]!.json()).toMatchObject({ code: 'identity.too-many-logins' });
    expect(Number(refused[0]!.headers['retry-after'])).toBeGreaterThan(800);
    expect(refused[0]!.headers['ratelimit-policy']).toBe('"login-account-address";q=10;w=900');
    expect(refused[0]!.headers['ratelimit']).toMatch(/^"login-account-address";r=0;t=\d+$/);
    // The right password does not open the door for who is shut out: else he would know that he has guessed it.
    expect((await logInFrom('192.0.2.1', username, password)).statusCode).toBe(429);
    expect((await logIn(username)).status).toBe(201);
  });

  test('many places are limited per account, an IPv6 network being one; familiar ones are not', async () => {
    const username = await newUser();
    await logIn(username);
    const from = (n: number) => `2001:db8:0:${Math.floor(n / 10)}::${n}`;
    const answers = await Promise.all(
      Array.from({ length: 120 }, (_, n) => logInFrom(from(n), username, `guess number ${n}`)),
    );
    const byStatus = Map.groupBy(answers, ({ statusCode }) => statusCode);
    expect([byStatus.get(401)?.length, byStatus.get(429)?.length]).toEqual([100, 20]);
    expect(byStatus.get(429)![0]!.headers['ratelimit-policy']).toContain('"login-account"');
    expect((await logIn(username)).status).toBe(201);
  });

  test('one place is limited, whomever it tries', async () => {
    const answers = await Promise.all(
      Array.from({ length: 110 }, (_, n) => logInFrom('198.51.100.9', `nobody_${n}`, 'a common password')),
    );
    const byStatus = Map.groupBy(answers, ({ statusCode }) => statusCode);
    expect([byStatus.get(401)?.length, byStatus.get(429)?.length]).toEqual([100, 10]);
  });

  test('what was typed is limited, in one spelling, so that the limit tells neither whose an email is nor whether it is known', async () => {
    const username = await newUser();
    const fail = async (from: string, login: string) => (await logInFrom(from, login, 'wrong one')).statusCode;
    for (let n = 0; n < 10; n++) expect(await fail('192.0.2.77', username)).toBe(401);
    expect(await fail('192.0.2.77', username.toUpperCase())).toBe(429);
    expect(await fail('192.0.2.77', `${username}@example.com`)).toBe(401); // else: it belongs to that account
    for (const email of [`${username}@example.com`, 'nobody@example.com'])
      for (let n = 0; n <= 10; n++)
        expect(await fail('192.0.2.78', n % 2 ? email : ` ${email.toUpperCase()}`)).toBe(n < 10 ? 401 : 429);
  });

  test('the right password forgets the failed ones before it', async () => {
    const username = await newUser();
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 5; n++) expect((await logIn(username, 'wrong one')).status).toBe(401);
      expect((await logIn(username)).status).toBe(201);
    }
  });

  test('thirty right passwords at once all come in, however many are under way', async () => {
    const username = await newUser();
    // None is verified before all have been counted.
    const counted = jest.spyOn(Limiter.prototype, 'count');
    const hasher = service.app.get(PasswordHasher, { strict: false });
    const verify = hasher.verify.bind(hasher);
    const verified = jest.spyOn(hasher, 'verify').mockImplementation(async (...given) => {
      const ofPair = () => counted.mock.calls.filter(([key]) => key.startsWith(`login:${username} `));
      await eventually(async () => expect(ofPair().length).toBeGreaterThanOrEqual(30));
      return verify(...given);
    });
    const answers = await Promise.all(Array.from({ length: 30 }, () => logIn(username)));
    for (const spy of [counted, verified]) spy.mockRestore();
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
  });

  test('a password hashed at another cost is hashed anew, once', async () => {
    const username = await newUser();
    const hashOf = async (): Promise<string> =>
      (await database.query('SELECT password_hash FROM users WHERE username = $1', [username]))[0].password_hash;
    const stored = await hashOf();
    // What the hasher feeds to bcrypt is its own business: let it make the old hash, too.
    const elsewhere = await startService(identity, { ...variables, BCRYPT_COST: '5', REDIS_URL: redis.url });
    await elsewhere.post('/api/v1/users', { body: { email: 'a@example.com', username, password } });
    const [{ password_hash: older }] = await elsewhere.app
      .get(DataSource, { strict: false })
      .query('SELECT password_hash FROM users');
    await elsewhere.stop();
    await database.query('UPDATE users SET password_hash = $2 WHERE username = $1', [username, older]);
    const answers = await Promise.all(Array.from({ length: 5 }, () => logIn(username)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
    await eventually(async () => expect((await hashOf()).slice(0, 20)).toContain(stored.slice(0, 6)));
    expect((await logIn(username)).status).toBe(201);
  });
});

describe('refreshing', () => {
  const start = async () => (await logIn(await newUser())).body as { refreshToken: string; accessToken: string };
  const sessionOf = async (token: string) => {
    const rows = await database.query('SELECT * FROM sessions WHERE id = $1', [token.split('.')[0]]);
    return rows[0] as { generation: number; ended_reason: string | null; current_hash: Buffer };
  };

  test('of fifty refreshes of one token exactly one rotates, and all get its successor', async () => {
    const { refreshToken } = await start();
    const save = jest.spyOn(service.app.get(SessionRepository, { strict: false }), 'save');
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(refreshToken)));
    const rotations = save.mock.calls.length;
    save.mockRestore();
    expect(rotations).toBe(1);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body.refreshToken)).size).toBe(1);
    expect((await refresh(answers[0]!.body.refreshToken)).status).toBe(200);
  });

  test('a refresh waits for the one before it and sees what it did', async () => {
    const { refreshToken } = await start();
    const id = refreshToken.split('.')[0];
    const other = database.createQueryRunner();
    await other.startTransaction();
    await other.query('SELECT 1 FROM sessions WHERE id = $1 FOR UPDATE', [id]);
    const waiting = refresh(refreshToken);
    await eventually(async () => {
      const [{ count }] = await database.query(
        `SELECT count(*)::int FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
      );
      expect(count).toBe(1);
    });
    // As if two refreshes had come before it: its token is old now.
    await other.query('UPDATE sessions SET generation = 2, current_hash = $2, previous_hash = $3 WHERE id = $1', [
      id,
      randomBytes(32),
      randomBytes(32),
    ]);
    await other.commitTransaction();
    await other.release();
    expect((await waiting).status).toBe(401);
    expect(await sessionOf(refreshToken)).toMatchObject({ generation: 2, ended_reason: 'token-reuse' });
  });

  test('an older token ends the session, its access tokens too', async () => {
    const { refreshToken, accessToken } = await start();
    const second = (await refresh(refreshToken)).body.refreshToken;
    const third = (await refresh(second)).body;
    expect((await refresh(refreshToken)).body.code).toBe('identity.invalid-refresh-token');
    expect((await refresh(third.refreshToken)).status).toBe(401);
    for (const token of [accessToken, third.accessToken]) {
      await eventually(async () => {
        const asking = { as: { id: '', authorization: `Bearer ${token}` } };
        expect((await service.get('/api/v1/sessions', asking)).status).toBe(401);
      }, 1_000);
    }
  });

  test('after the grace the last token ends the session', async () => {
    const { refreshToken } = await start();
    await refresh(refreshToken);
    expect((await refresh(refreshToken)).status).toBe(200);
    await database.query(`UPDATE sessions SET rotated_at = rotated_at - interval '10 s' WHERE id = $1`, [
      refreshToken.split('.')[0],
    ]);
    expect((await refresh(refreshToken)).status).toBe(401);
    expect((await sessionOf(refreshToken)).ended_reason).toBe('token-reuse');
  });

  test('a made-up token changes nothing', async () => {
    const { refreshToken } = await start();
    const [id] = refreshToken.split('.') as [string];
    const before = await sessionOf(refreshToken);
    const made = randomBytes(48);
    const otherKey = createHmac('sha256', 'another key').update(id).digest();
    for (const forged of [
      `${id}.0.${made.toString('base64url')}`,
      `${id}.5.${made.toString('base64url')}`,
      `${id}.0.${Buffer.concat([otherKey, otherKey.subarray(16)]).toString('base64url')}`,
      refreshToken.replace('.0.', '.1.'),
      refreshToken.replace(id, randomUUID()),
      refreshToken.slice(0, -1),
      'nonsense',
    ])
      expect((await refresh(forged)).status).toBe(401);
    expect(await sessionOf(refreshToken)).toEqual(before);
    expect((await refresh(refreshToken)).status).toBe(200);
  });

  test('the database holds nothing that refreshes', async () => {
    const { refreshToken } = await start();
    const { current_hash: stored } = await sessionOf(refreshToken);
    expect(Buffer.from(refreshToken.split('.')[2]!, 'base64url').includes(stored)).toBe(false);
    expect((await refresh(`${refreshToken.split('.')[0]}.0.${stored.toString('base64url')}`)).status).toBe(401);
  });

  test('an expired session is refused and, in time, deleted by any instance', async () => {
    const { refreshToken } = await start();
    const id = refreshToken.split('.')[0];
    await database.query(`UPDATE sessions SET expires_at = now() WHERE id = $1`, [id]);
    expect((await refresh(refreshToken)).status).toBe(401);
    const job = service.app.get(DeleteOldSessionsJob, { strict: false });
    await job.run();
    expect(await sessionOf(refreshToken)).toBeDefined();
    await database.query(`UPDATE sessions SET expires_at = now() - interval '29 days' WHERE id = $1`, [id]);
    await job.run();
    expect(await sessionOf(refreshToken)).toBeDefined();
    await database.query(`UPDATE sessions SET expires_at = now() - interval '31 days' WHERE id = $1`, [id]);
    await Promise.all([job.run(), job.run(), job.run()]);
    expect(await sessionOf(refreshToken)).toBeUndefined();
  });

  test('a login that overtakes the end of all sessions does not survive it', async () => {
    const [username, changed] = [await newUser(), await newUser('another password')];
    const other = database.createQueryRunner();
    await other.startTransaction();
    await other.query('SELECT 1 FROM users WHERE username = $1 FOR UPDATE', [username]);
    const waiting = logIn(username);
    await eventually(async () => {
      const [{ count }] = await database.query(
        `SELECT count(*)::int FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
      );
      expect(count).toBe(1);
    });
    await other.query(
      `UPDATE users SET password_hash = other.password_hash FROM users other
       WHERE users.username = $1 AND other.username = $2`,
      [username, changed],
    );
    await other.commitTransaction();
    await other.release();
    expect((await waiting).status).toBe(401); // verified again, against the new password
  });
});

describe('own sessions', () => {
  test('are listed with where and when, ended one by one or all but this one', async () => {
    const username = await newUser();
    const [phone, laptop, tablet] = [
      await logIn(username, password, { 'user-agent': 'phone' }),
      await logIn(username, password, { 'user-agent': 'laptop' }),
      await logIn(username, password, { 'user-agent': 'tablet' }),
    ];
    const stranger = await logIn(await newUser());
    const list = await service.get('/api/v1/sessions?limit=2', { as: as(laptop) });
    expect(list.body.items).toMatchObject([
      { agent: 'tablet', current: false, address: '127.0.0.1' },
      { agent: 'laptop', current: true },
    ]);
    const rest = await service.get(`/api/v1/sessions?limit=2&cursor=${list.body.nextCursor}`, { as: as(laptop) });
    expect(rest.body).toMatchObject({ items: [{ agent: 'phone', current: false }], nextCursor: null });
    expect((await service.get('/api/v1/sessions?cursor=forged', { as: as(laptop) })).status).toBe(400);

    const end = (path: string, by: Answer) => service.delete(`/api/v1/sessions${path}`, { as: as(by) });
    const phoneId = rest.body.items[0].id;
    expect((await end(`/${phoneId}`, stranger)).status).toBe(404);
    expect((await end(`/${randomUUID()}`, laptop)).status).toBe(404);
    expect(await end('/nonsense', laptop)).toMatchObject({ status: 400, body: { errors: [{ path: 'id' }] } });
    expect((await end(`/${phoneId}`, laptop)).status).toBe(204);
    expect((await end(`/${phoneId}`, laptop)).status).toBe(404);
    expect((await refresh(phone.body.refreshToken)).status).toBe(401);

    expect((await end('', laptop)).status).toBe(204);
    expect((await refresh(tablet.body.refreshToken)).status).toBe(401);
    const left = await service.get('/api/v1/sessions', { as: as(laptop) });
    expect(left.body.items).toMatchObject([{ agent: 'laptop' }]);

    expect((await end('/current', laptop)).status).toBe(204);
    expect((await refresh(laptop.body.refreshToken)).status).toBe(401);
    await eventually(async () => expect((await end('/current', laptop)).status).toBe(401), 1_000);
  });
});

test('ending all others ends a log-in that has begun but not been committed, too', async () => {
  const laptop = await logIn(await newUser());
  const begun = randomUUID();
  const other = database.createQueryRunner(); // as LogInHandler does it
  await other.startTransaction();
  await other.query('SELECT 1 FROM users WHERE id = $1 FOR UPDATE', [laptop.body.user.id]);
  await other.query(
    `INSERT INTO sessions (id, user_id, generation, current_hash, network, address, agent, created_at, last_used_at, expires_at)
     SELECT $1, user_id, 0, current_hash, network, address, agent, created_at, last_used_at, expires_at
     FROM sessions WHERE user_id = $2`,
    [begun, laptop.body.user.id],
  );
  const ending = service.delete('/api/v1/sessions', { as: as(laptop) });
  const first = await Promise.race([ending.then(() => 'ended'), lockAwaited().then(() => 'waits')]);
  await other.commitTransaction();
  await other.release();
  expect([first, (await ending).status]).toEqual(['waits', 204]);
  const [{ ended_reason }] = await database.query('SELECT ended_reason FROM sessions WHERE id = $1', [begun]);
  expect(ended_reason).toBe('log-out');
});

const lockAwaited = () =>
  eventually(async () => {
    const [{ count }] = await database.query(
      `SELECT count(*)::int FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
    );
    expect(count).toBe(1);
  });

describe('service tokens', () => {
  const ask = (credentials: string | undefined, body: Record<string, string>) =>
    fetch(`${service.url}/internal/v1/tokens`, {
      method: 'POST',
      headers: credentials === undefined ? {} : { authorization: `Basic ${btoa(credentials)}` },
      body: new URLSearchParams(body),
    });
  const wish = { grant_type: 'client_credentials', audience: 'identity' };

  test('are short and for one audience', async () => {
    const answer = await ask(`blog:${secret}`, wish);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const token = (await answer.json()) as { access_token: string };
    expect(token).toMatchObject({ token_type: 'Bearer', expires_in: 300 });
    expect(claimsOf(token.access_token)).toMatchObject({ sub: 'blog', client_id: 'blog', aud: 'identity' });
    // It is no user's: routes for users refuse it.
    const asking = { as: { id: 'blog', authorization: `Bearer ${token.access_token}` } };
    expect((await service.get('/api/v1/sessions', asking)).status).toBe(401);
  });

  test.each<[string, string | undefined, Record<string, string>, number]>([
    ['nobody', undefined, wish, 401],
    ['a wrong secret', 'blog:wrong-wrong-wrong-wrong', wish, 401],
    ['an unknown client', `shop:${secret}`, wish, 401],
    ['nonsense', 'no colon', wish, 401],
    ['broken escapes', 'blog:%zz', wish, 401],
    ['another grant', `blog:${secret}`, { ...wish, grant_type: 'password' }, 400],
    ['no audience', `blog:${secret}`, { grant_type: 'client_credentials' }, 400],
  ])('are refused to %s', async (_, credentials, body, status) =>
    expect((await ask(credentials, body)).status).toBe(status),
  );
});

/** Asks until it holds; the last failure is the test's. */
async function eventually(assertion: () => Promise<void>, withinMs = 5_000): Promise<void> {
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
