import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  eventually,
  routesOf,
  startService,
  statementsDuring,
  type Answer,
  type RunningService,
  type Someone,
} from '@cairn/testing';
import type { FastifyInstance } from 'fastify';
import { DataSource } from 'typeorm';
import { identity } from '../src/app.module.ts';
import { PasswordHasher } from '../src/users/password-hasher.service.ts';
import { CreateFirstAdminJob } from '../src/users/create-first-admin/create-first-admin.job.ts';

let service: RunningService;
let root: Someone;
const password = 'correct horse battery';

beforeAll(async () => {
  service = await startService(identity, {
    NODE_ENV: 'test',
    KEY_ENCRYPTION_SECRET: 'x'.repeat(32),
    BCRYPT_COST: '4',
    PASSWORD_QUEUE: '500',
    SIGN_UPS_PER_HOUR: '2000',
    SIGN_UP_ROLE: 'author',
    SERVICE_CLIENTS: JSON.stringify({ blog: 'the secret of blog', shop: 'the secret of shop' }),
    FIRST_ADMIN_EMAIL: 'Root@Example.com',
    FIRST_ADMIN_USERNAME: 'chief',
    FIRST_ADMIN_PASSWORD: password,
  });
  root = await logIn('root@example.com');
});
afterAll(() => service.stop());

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
const ask = (
  method: Method,
  path: string,
  as?: Someone,
  body?: unknown,
  headers?: Record<string, string>,
): Promise<Answer> =>
  service[method.toLowerCase() as Lowercase<Method>](`/api/v1${path}`, {
    ...(as && { as }),
    body,
    ...(headers && { headers }),
  });

let counter = 0;
const signUp = async (fields: object = {}) => {
  const username = `user${++counter}`;
  return ask('POST', '/users', undefined, { email: `${username}@example.com`, username, password, ...fields });
};

async function logIn(login: string, secret = password): Promise<Someone & { refreshToken: string }> {
  const { body } = await ask('POST', '/sessions', undefined, { login, password: secret });
  return { id: body.user.id, authorization: `Bearer ${body.accessToken}`, refreshToken: body.refreshToken };
}

async function newUser(fields: object = {}) {
  const { body } = await signUp(fields);
  return { ...(await logIn(body.email)), username: body.username as string };
}

async function newAdmin() {
  const { id, username } = await newUser();
  expect((await ask('PUT', `/users/${id}/roles`, root, { roles: ['admin'] })).status).toBe(200);
  return { ...(await logIn(username)), username };
}

const statuses = (answers: Answer[]) => answers.map(({ status }) => status).sort();

test('every route declares who may call it', () => {
  const routes = routesOf(service.app);
  expect(routes.length).toBeGreaterThan(15);
  expect(routes.filter((route) => !route.access)).toEqual([]);
});

describe('the first admin', () => {
  test('is there when the service is', async () => {
    const { body } = await ask('GET', '/users?role=admin', root);
    expect(body.items).toMatchObject([{ username: 'chief', email: 'root@example.com', roles: ['admin'] }]);
  });

  test('is made once by several instances that start at once', async () => {
    const dataSource = service.app.get(DataSource);
    await dataSource.query(`UPDATE users SET roles = '{reader}', email = 'old@example.com', username = 'old_chief'`);
    const job = service.app.get(CreateFirstAdminJob, { strict: false });
    await Promise.all(Array.from({ length: 5 }, () => job.run()));
    root = await logIn('root@example.com');
    expect((await ask('GET', '/users?role=admin', root)).body.items).toHaveLength(1);
    await job.run();
    expect((await ask('GET', '/users', root)).body.items).toHaveLength(2);
  });

  test('is nobody who signed up under that name before', async () => {
    const dataSource = service.app.get(DataSource);
    await dataSource.query(`UPDATE users SET roles = '{reader}' WHERE username = 'chief'`);
    const job = service.app.get(CreateFirstAdminJob, { strict: false });
    await expect(job.run()).rejects.toThrow('There is an account with this email already');
    await dataSource.query(`UPDATE users SET roles = '{admin}' WHERE username = 'chief'`);
  });
});

describe('signing up', () => {
  test('answers the account, which can log in', async () => {
    const answer = await signUp({ email: ' Ada@Example.COM', username: 'Ada', displayName: ' Ada Lovelace ' });
    expect(answer.status).toBe(201);
    expect((await service.get(answer.headers.get('location')!)).body).toMatchObject({ id: answer.body.id });
    expect(answer.headers.get('etag')).toMatch(/^"1-/);
    expect(answer.body).toEqual({
      id: expect.any(String),
      email: 'ada@example.com',
      username: 'ada',
      displayName: 'Ada Lovelace',
      bio: null,
      avatarUrl: null,
      roles: ['author'],
      state: 'active',
      createdAt: expect.any(String),
      updatedAt: answer.body.createdAt,
      version: 1,
    });
    expect(await logIn('ADA@example.com')).toMatchObject({ id: answer.body.id });
    expect(await logIn('ADA')).toMatchObject({ id: answer.body.id });
  });

  test.each([
    ['email', { email: 'nobody' }],
    ['email', { email: 'a\u0000b@example.com' }],
    ['username', { username: 'ab' }],
    ['username', { username: 'a'.repeat(33) }],
    ['username', { username: 'with-hyphen' }],
    ['username', { username: 'ädä' }],
    ['username', { username: 'Admin' }],
    ['password', { password: '1234567' }],
    ['password', { password: '😀'.repeat(7) }],
    ['password', { password: 'x'.repeat(129) }],
    ['password', { password: 'Password1' }],
    ['password', { password: 'iloveyou' }],
    ['password', { email: 'same@example.com', password: 'SAME@example.com' }],
    ['password', { username: 'the_same_name', password: 'The_Same_Name' }],
    ['password', { password: 'half a character \ud83d' }],
    ['displayName', { displayName: ' ' }],
    ['displayName', { displayName: 'two\nlines' }],
    ['displayName', { displayName: 'x'.repeat(101) }],
    ['bio', { bio: 'zero \u0000 byte' }],
    ['bio', { bio: 'half \udc00' }],
    ['bio', { bio: 'x'.repeat(1_001) }],
    ['avatarUrl', { avatarUrl: 'javascript:alert(1)' }],
    ['avatarUrl', { avatarUrl: 'data:text/html,x' }],
    ['avatarUrl', { avatarUrl: `https://example.com/${'x'.repeat(2_048)}` }],
    ['roles', { roles: ['admin'] }],
  ])('refuses %s: %j', async (field, fields) => {
    const answer = await signUp(fields);
    expect(answer.status).toBe(400);
    expect(new Set(answer.body.errors.map(({ path }: { path: string }) => path))).toEqual(new Set([field]));
  });

  test.each(['😀'.repeat(8), '😀'.repeat(128), ' with spaces ', 'nul \u0000 inside', 'пароль от всего'])(
    'takes the password %j, and no other in its place',
    async (secret) => {
      const { body } = await signUp({ password: secret });
      expect((await logIn(body.email, secret)).id).toBe(body.id);
      const wrong = await ask('POST', '/sessions', undefined, {
        login: body.email,
        password: [...secret].with(-1, '~').join(''),
      });
      expect(wrong.status).toBe(401);
    },
  );

  test('of twenty at once with one email, and of twenty with one username, exactly one succeeds', async () => {
    const twenty = (fields: (n: number) => object) =>
      Promise.all(Array.from({ length: 20 }, (_, n) => signUp(fields(n))));
    const emails = await twenty((n) => ({
      email: n % 2 ? 'Twin@M\u00dcNCHEN.example' : 'twin@xn--mnchen-3ya.example',
    }));
    expect(statuses(emails)).toEqual([201, ...Array<number>(19).fill(409)]);
    expect(emails.find(({ status }) => status === 409)!.body.code).toBe('identity.email-taken');
    const usernames = await twenty((n) => ({ username: n % 2 ? 'Twin' : 'twin' }));
    expect(statuses(usernames)).toEqual([201, ...Array<number>(19).fill(409)]);
    expect(usernames.find(({ status }) => status === 409)!.body.code).toBe('identity.username-taken');
  });
});

describe('my account', () => {
  test('absent means unchanged, null clears, an ETag guards', async () => {
    const me = await newUser({ bio: 'First', avatarUrl: 'https://example.com/a.png' });
    const read = await ask('GET', '/users/me', me);
    const etag = read.headers.get('etag')!;
    const changed = await ask('PATCH', '/users/me', me, { bio: null, displayName: 'New' }, { 'if-match': etag });
    expect(changed.body).toMatchObject({
      displayName: 'New',
      bio: null,
      avatarUrl: 'https://example.com/a.png',
      version: 2,
    });
    expect((await ask('GET', '/users/me', me, undefined, { 'if-none-match': etag })).status).toBe(200);
    const again = changed.headers.get('etag')!;
    expect((await ask('GET', '/users/me', me, undefined, { 'if-none-match': again })).status).toBe(304);
    expect((await ask('PATCH', '/users/me', me, { bio: 'x' }, { 'if-match': etag })).status).toBe(412);
    expect((await ask('PATCH', '/users/me', me, { email: 'new@example.com' })).body.errors).toMatchObject([
      { path: 'email' },
    ]);
    expect((await ask('PATCH', '/users/me', me, { username: 'chief' })).body.code).toBe('identity.username-taken');
    expect((await ask('GET', '/users/me')).status).toBe(401);
  });

  test('of twenty edits that saw the same version exactly one wins', async () => {
    const me = await newUser();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => ask('PATCH', '/users/me', me, { bio: `Edit ${n}` }, { 'if-match': '"1"' })),
    );
    expect(statuses(answers)).toEqual([200, ...Array<number>(19).fill(412)]);
    const winner = answers.find(({ status }) => status === 200)!;
    expect((await ask('GET', '/users/me', me)).body).toEqual(winner.body);
  });

  test('a new password needs the old one and ends the other sessions', async () => {
    const me = await newUser();
    const other = await logIn(me.username);
    const change = (oldPassword: string, newPassword: string) =>
      ask('PUT', '/users/me/password', me, { oldPassword, newPassword });
    const wrong = await change('not my password', 'a password of my own');
    expect([wrong.status, wrong.body.code]).toEqual([403, 'identity.wrong-password']);
    expect((await change(password, me.username)).body.errors).toMatchObject([{ path: 'newPassword' }]);
    expect((await change(password, 'password')).body.errors).toMatchObject([{ path: 'newPassword' }]);

    expect((await change(password, 'a password of my own')).status).toBe(204);
    expect((await ask('POST', '/sessions', undefined, { login: me.username, password })).status).toBe(401);
    expect((await logIn(me.username, 'a password of my own')).id).toBe(me.id);
    const refresh = (refreshToken: string) => ask('POST', '/sessions/refresh', undefined, { refreshToken });
    expect((await refresh(other.refreshToken)).status).toBe(401);
    expect((await refresh(me.refreshToken)).status).toBe(200);
  });

  test('of ten new passwords at once exactly one is taken', async () => {
    const me = await newUser();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        ask('PUT', '/users/me/password', me, { oldPassword: password, newPassword: `my new password ${n}` }),
      ),
    );
    expect(statuses(answers)).toEqual([204, ...Array<number>(9).fill(403)]);
  });

  test('guesses at the old password are limited as failed logins are', async () => {
    const me = await newUser();
    const guess = (n: number) =>
      ask('PUT', '/users/me/password', me, { oldPassword: `guess ${n}`, newPassword: 'a password of my own' });
    const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => guess(n)));
    expect(new Set(statuses(answers))).toEqual(new Set([403, 429]));
    const deletion = await ask('DELETE', '/users/me', me, { password: 'another guess' });
    expect([deletion.status, deletion.body.code]).toEqual([429, 'identity.too-many-logins']);
    for (const { headers } of [deletion, answers.find(({ status }) => status === 429)!]) {
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      expect(headers.get('ratelimit-policy')).toBe('"login-account-address";q=10;w=900');
      expect(headers.get('ratelimit')).toMatch(/^"login-account-address";r=0;t=\d+$/);
    }
  });

  test.each([
    ['is refused with the password that its owner changes meanwhile', 'a password of my own', 403],
    ['goes through when the same password is hashed anew meanwhile', password, 204],
  ])('deletion %s', async (_, newPassword, status) => {
    const me = await newUser();
    const database = service.app.get(DataSource, { strict: false });
    const other = database.createQueryRunner();
    await other.startTransaction();
    await other.query('SELECT 1 FROM users WHERE id = $1 FOR UPDATE', [me.id]);
    const deletion = ask('DELETE', '/users/me', me, { password });
    await eventually(async () => {
      const [{ count }] = await database.query(
        `SELECT count(*)::int FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
      );
      expect(count).toBe(1);
    });
    const hash = await service.app.get(PasswordHasher, { strict: false }).hash(newPassword);
    await other.query('UPDATE users SET password_hash = $2 WHERE id = $1', [me.id, hash]);
    await other.commitTransaction();
    await other.release();
    expect((await deletion).status).toBe(status);
    const [{ state }] = await database.query('SELECT state FROM users WHERE id = $1', [me.id]);
    expect(state).toBe(status === 204 ? 'deleted' : 'active');
  });

  test('deletion needs the password, erases what is personal and frees the names', async () => {
    const me = await newUser({ displayName: 'Gone', bio: 'Gone' });
    const ended = await logIn(me.username);
    await ask('DELETE', '/sessions/current', ended);
    expect((await ask('DELETE', '/users/me', me)).status).toBe(400);
    expect((await ask('DELETE', '/users/me', me, { password: 'wrong password' })).status).toBe(403);
    const answers = await Promise.all([1, 2, 3].map(() => ask('DELETE', '/users/me', me, { password })));
    expect(answers.every(({ status }) => [204, 401, 404].includes(status))).toBe(true);
    expect(answers.some(({ status }) => status === 204)).toBe(true);
    expect((await ask('GET', `/users/${me.id}`, root)).body).toMatchObject({
      id: me.id,
      state: 'deleted',
      email: null,
      username: null,
      displayName: null,
      bio: null,
      roles: [],
      version: 2,
    });
    const rows = async (table: string) =>
      service.app.get(DataSource).query(`SELECT * FROM ${table} WHERE user_id = $1`, [me.id]);
    expect(await rows('sessions')).toEqual([]); // those that had ended before, too: they hold addresses and user agents
    const revocations = await service.app.get(DataSource).query('SELECT * FROM access_revocations');
    const columns = ['id', 'session_id', 'user_id', 'min_token_version', 'until', 'sent_at'];
    for (const revocation of revocations) expect(Object.keys(revocation)).toEqual(columns); // ids and times
    const [left] = await service.app.get(DataSource).query('SELECT * FROM users WHERE id = $1', [me.id]);
    expect(JSON.stringify(left)).not.toMatch(new RegExp(`${me.username}|Gone|@`));
    expect((await ask('POST', '/sessions', undefined, { login: me.username, password })).status).toBe(401);
    const refreshed = await ask('POST', '/sessions/refresh', undefined, { refreshToken: me.refreshToken });
    expect(refreshed.status).toBe(401);
    expect((await signUp({ email: `${me.username}@example.com`, username: me.username })).status).toBe(201);
  });
});

describe('administration', () => {
  test('is for admins', async () => {
    const somebody = await newUser();
    for (const [method, path, body] of [
      ['GET', '/users'],
      ['GET', `/users/${somebody.id}`],
      ['PATCH', `/users/${somebody.id}`, { bio: 'x' }],
      ['DELETE', `/users/${somebody.id}`],
      ['PUT', `/users/${somebody.id}/roles`, { roles: ['admin'] }],
      ['POST', `/users/${somebody.id}/suspend`, { reason: 'x' }],
      ['POST', `/users/${somebody.id}/restore`],
    ] as const) {
      expect([method, path, (await ask(method, path, somebody, body)).status]).toEqual([method, path, 403]);
      expect([method, path, (await ask(method, path, undefined, body)).status]).toEqual([method, path, 401]);
    }
  });

  test('an id that is none is a 400, one that nobody has a 404', async () => {
    expect((await ask('GET', '/users/nobody', root)).body.errors).toMatchObject([{ path: 'id' }]);
    const nobody = '018f0000-0000-7000-8000-000000000000';
    for (const [method, path, body] of [
      ['GET', ''],
      ['PATCH', '', {}],
      ['DELETE', ''],
      ['PUT', '/roles', { roles: ['reader'] }],
      ['POST', '/suspend', { reason: 'x' }],
      ['POST', '/restore'],
    ] as const) {
      const answer = await ask(method, `/users/${nobody}${path}`, root, body);
      expect([method, path, answer.body.code]).toEqual([method, path, 'identity.user-not-found']);
    }
  });

  test('searches names and addresses, filters by role and state, pages by keyset', async () => {
    const ids = [];
    for (const displayName of ['ZOË Quux', 'Quuxly', '100% quux_er'])
      ids.push((await newUser({ displayName, email: `mail${++counter}@findme.example` })).id);
    await ask('PUT', `/users/${ids[0]}/roles`, root, { roles: ['moderator', 'reader', 'reader'] });
    await ask('POST', `/users/${ids[1]}/suspend`, root, { reason: 'x' });
    const found = async (query: string) =>
      (await ask('GET', `/users?${query}`, root)).body.items.map(({ id }: { id: string }) => id);
    expect(await found('q=QUUX')).toEqual([ids[2], ids[1], ids[0]]);
    expect(await found('q=findme.ex')).toEqual([ids[2], ids[1], ids[0]]);
    expect(await found('q=zoë')).toEqual([ids[0]]);
    expect(await found('q=100%25')).toEqual([ids[2]]);
    expect(await found('q=x_e')).toEqual([ids[2]]);
    for (const wildcard of ['q__x', 'q%25x', 'quux%5C']) expect(await found(`q=${wildcard}`)).toEqual([]);
    expect(await found('q=quux&role=moderator')).toEqual([ids[0]]);
    expect(await found('q=quux&state=suspended')).toEqual([ids[1]]);
    expect(await found('q=quux&state=deleted')).toEqual([]);

    const first = await ask('GET', '/users?q=quux&limit=2', root);
    await newUser({ displayName: 'Quux the late' });
    const next = new URL(/<(.*)>; rel="next"/.exec(first.headers.get('link')!)![1]!, service.url);
    const second = await ask('GET', `/users${next.search}`, root);
    expect([...first.body.items, ...second.body.items].map(({ id }) => id)).toEqual([ids[2], ids[1], ids[0]]);
    expect(second.body.nextCursor).toBeNull();
    for (const query of ['q=ab', 'q=%00abc', 'role=king', 'state=gone', 'limit=0', 'cursor=forged', 'colour=red'])
      expect([query, (await ask('GET', `/users?${query}`, root)).status]).toEqual([query, 400]);
    expect((await ask('GET', '/users?limit=3', root)).body.items).toHaveLength(3);
  });

  test('edits an account, its email too', async () => {
    const { id } = await newUser();
    const edited = await ask('PATCH', `/users/${id}`, root, { email: 'Edited@Example.com' }, { 'if-match': '"1"' });
    expect(edited.body).toMatchObject({ email: 'edited@example.com', version: 2, suspendedReason: null });
    expect((await ask('PATCH', `/users/${id}`, root, { email: 'root@example.com' })).body.code).toBe(
      'identity.email-taken',
    );
    expect((await ask('PATCH', `/users/${id}`, root, {}, { 'if-match': '"1"' })).status).toBe(412);
    expect((await ask('PUT', `/users/${id}/roles`, root, { roles: ['reader'] }, { 'if-match': '"1"' })).status).toBe(
      412,
    );
    expect((await ask('DELETE', `/users/${id}`, root, undefined, { 'if-match': '"1"' })).status).toBe(412);
  });

  test('a suspended user cannot log in until restored', async () => {
    const user = await newUser();
    const suspended = await ask('POST', `/users/${user.id}/suspend`, root, { reason: 'Advertising' });
    expect(suspended.body).toMatchObject({ state: 'suspended', suspendedReason: 'Advertising', version: 2 });
    const refresh = () => ask('POST', '/sessions/refresh', undefined, { refreshToken: user.refreshToken });
    expect((await refresh()).status).toBe(401);
    const restored = await ask('POST', `/users/${user.id}/restore`, root);
    expect(restored.body).toMatchObject({ state: 'active', suspendedReason: null, version: 3 });
    expect((await refresh()).status).toBe(401);
    expect((await logIn(user.username)).id).toBe(user.id);
  });

  test('of a login and a suspension at once no session is left', async () => {
    for (let round = 0; round < 20; round++) {
      const { body: user } = await signUp();
      const [login, suspension] = await Promise.all([
        ask('POST', '/sessions', undefined, { login: user.username, password }),
        ask('POST', `/users/${user.id}/suspend`, root, { reason: 'Race' }),
      ]);
      expect(suspension.status).toBe(200);
      expect([201, 403]).toContain(login.status);
      if (login.status === 201) {
        const { refreshToken } = login.body;
        expect((await ask('POST', '/sessions/refresh', undefined, { refreshToken })).status).toBe(401);
      }
      const again = await ask('POST', '/sessions', undefined, { login: user.username, password });
      expect([again.status, again.body.code]).toEqual([403, 'identity.account-suspended']);
    }
  });

  test.each<[string, (id: string) => Promise<Answer>]>([
    ['other roles', (id) => ask('PUT', `/users/${id}/roles`, root, { roles: ['reader'] })],
    ['a suspension', (id) => ask('POST', `/users/${id}/suspend`, root, { reason: 'x' })],
    ['a deletion', (id) => ask('DELETE', `/users/${id}`, root)],
  ])('%s ends the access tokens that are out', async (_what, change) => {
    const user = await newUser();
    expect((await ask('GET', '/users/me', user)).status).toBe(200);
    expect((await change(user.id)).status).toBeLessThan(300);
    const deadline = performance.now() + 5_000;
    while ((await ask('GET', '/users/me', user)).status !== 401) expect(performance.now()).toBeLessThan(deadline);
  });

  test('deleting twice is deleting once; what is left cannot be changed', async () => {
    const { id } = await newUser();
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask('DELETE', `/users/${id}`, root)));
    expect(statuses(answers)).toEqual(Array<number>(10).fill(204));
    expect((await ask('GET', `/users/${id}`, root)).body).toMatchObject({ state: 'deleted', version: 2 });
    for (const [method, path, body] of [
      ['PATCH', '', { bio: 'x' }],
      ['PUT', '/roles', { roles: ['admin'] }],
      ['POST', '/suspend', { reason: 'x' }],
      ['POST', '/restore'],
    ] as const) {
      const answer = await ask(method, `/users/${id}${path}`, root, body);
      expect([method, path, answer.body.code]).toEqual([method, path, 'identity.user-deleted']);
    }
  });

  test('twenty rounds of admins who demote, suspend and delete each other at once leave one', async () => {
    const ways = [
      (id: string, as: Someone) => ask('PUT', `/users/${id}/roles`, as, { roles: ['reader'] }),
      (id: string, as: Someone) => ask('POST', `/users/${id}/suspend`, as, { reason: 'Coup' }),
      (id: string, as: Someone) => ask('DELETE', `/users/${id}`, as),
    ];
    for (let round = 0; round < 20; round++) {
      const [one, two, three] = await Promise.all([newAdmin(), newAdmin(), newAdmin()]);
      await ask('PUT', `/users/${root.id}/roles`, one, { roles: ['reader'] });
      const way = ways[round % ways.length]!;
      await Promise.all([
        way(two.id, one),
        way(three.id, two),
        way(one.id, three),
        way(one.id, one),
        way(two.id, two),
        way(three.id, three),
      ]);
      // From the database: root's token ended with its role.
      const admins = await service.app
        .get(DataSource, { strict: false })
        .query(`SELECT id FROM users WHERE 'admin' = ANY(roles) AND state = 'active'`);
      expect(admins).toHaveLength(1);
      const [survivor] = [one, two, three].filter(({ id }) => id === admins[0].id);
      for (const last of ways) {
        const answer = await last(survivor!.id, survivor!);
        expect([answer.status, answer.body.code]).toEqual([409, 'identity.last-admin']);
      }
      await ask('PUT', `/users/${root.id}/roles`, survivor, { roles: ['admin'] });
      root = await logIn('chief');
      expect((await ask('DELETE', `/users/${survivor!.id}`, root)).status).toBe(204);
    }
  }, 60_000);
});

describe('profiles', () => {
  const graphql = async (query: string, as?: Someone, variables?: object) => {
    const answer = await fetch(`${service.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(as && { authorization: as.authorization }) },
      body: JSON.stringify({ query, variables }),
    });
    return answer.json() as Promise<{ data: Record<string, unknown>; errors?: { extensions: { code: string } }[] }>;
  };

  test('show everybody what is public, and nothing else', async () => {
    const { id, username } = await newUser({
      displayName: 'Public',
      bio: 'Bio',
      avatarUrl: 'https://example.com/a.png',
    });
    const answer = await ask('GET', `/profiles/${username.toUpperCase()}`);
    expect(answer.body).toEqual({
      id,
      username,
      displayName: 'Public',
      bio: 'Bio',
      avatarUrl: 'https://example.com/a.png',
      createdAt: expect.any(String),
    });
    const etag = answer.headers.get('etag')!;
    expect((await ask('GET', `/profiles/${username}`, undefined, undefined, { 'if-none-match': etag })).status).toBe(
      304,
    );
    await ask('PATCH', `/users/${id}`, root, { bio: 'Another' });
    const changed = await ask('GET', `/profiles/${username}`, undefined, undefined, { 'if-none-match': etag });
    expect(changed.body).toMatchObject({ bio: 'Another' });
    for (const nobody of ['nobody_at_all', 'no', '%00', 'x'.repeat(90)])
      expect((await ask('GET', `/profiles/${nobody}`)).body.code).toBe('identity.user-not-found');
  });

  test('are looked up by services, many at a time, and by nobody else', async () => {
    const [one, gone] = [await newUser({ displayName: 'Named' }), await newUser()];
    await ask('DELETE', `/users/${gone.id}`, root);
    const tokenOf = async (name: string) => {
      const { body } = await service.post('/internal/v1/tokens', {
        body: { grant_type: 'client_credentials', audience: 'identity' },
        headers: { authorization: `Basic ${btoa(`${name}:${encodeURIComponent(`the secret of ${name}`)}`)}` },
      });
      return { id: name, authorization: `Bearer ${body.access_token}` };
    };
    const lookUp = (ids: string[], as?: Someone) =>
      service.get(`/internal/v1/profiles?ids=${ids.join()}`, { ...(as && { as }) });
    const blog = await tokenOf('blog');
    const ids = [gone.id, one.id, one.id, '018f0000-0000-7000-8000-000000000000'];
    const { body } = await lookUp(ids, blog);
    expect(body.items).toHaveLength(2);
    expect(body.items).toContainEqual(
      expect.objectContaining({ id: one.id, username: one.username, displayName: 'Named', deleted: false }),
    );
    expect(body.items).toContainEqual(expect.objectContaining({ id: gone.id, username: null, deleted: true }));
    expect(JSON.stringify(body)).not.toContain('@');
    expect((await lookUp(Array<string>(100).fill(one.id), blog)).status).toBe(200);
    expect((await lookUp(Array<string>(101).fill(one.id), blog)).status).toBe(400);
    expect((await lookUp(['none'], blog)).status).toBe(400);
    expect((await lookUp(ids)).status).toBe(401);
    expect((await lookUp(ids, root)).status).toBe(401); // a user's token is not for this service
    expect((await lookUp(ids, await tokenOf('shop'))).status).toBe(403);
  });

  test('are served by GraphQL through the same queries', async () => {
    const me = await newUser({ displayName: 'Graph' });
    const { data } = await graphql(
      `{ me { id username } profile(username: "${me.username}") { id displayName deleted } }`,
      me,
    );
    expect(data).toEqual({
      me: { id: me.id, username: me.username },
      profile: { id: me.id, displayName: 'Graph', deleted: false },
    });
    expect((await graphql('{ profile(username: "nobody_at_all") { id } }')).errors![0]!.extensions.code).toBe(
      'identity.user-not-found',
    );
    expect((await graphql('{ me { id } }')).errors![0]!.extensions).toMatchObject({ status: 401 });
    expect((await graphql('{ __type(name: "User") { fields { name } } }')).data.__type).toEqual({
      fields: ['id', 'username', 'displayName', 'bio', 'avatarUrl', 'createdAt', 'deleted', 'version'].map((name) => ({
        name,
      })),
    });
  });

  test('are found for other subgraphs by id, a deleted one as such', async () => {
    const [one, gone] = [await newUser({ displayName: 'Named' }), await newUser()];
    await ask('DELETE', `/users/${gone.id}`, root);
    const ids = [gone.id, one.id, '018f0000-0000-7000-8000-000000000000', 'none'];
    const query =
      'query ($them: [_Any!]!) { _entities(representations: $them) { ... on User { id username deleted version } } }';
    const them = [...ids, ...Array<string>(16).fill(one.id)].map((id) => ({ __typename: 'User', id }));
    let data: Record<string, unknown> = {};
    const statements = await statementsDuring(async () => void ({ data } = await graphql(query, undefined, { them })));
    expect(statements).toEqual([expect.stringContaining('FROM users WHERE id = ANY')]);
    expect((data._entities as unknown[]).slice(0, 4)).toEqual([
      { id: gone.id, username: null, deleted: true, version: null },
      { id: one.id, username: one.username, deleted: false, version: null },
      null,
      null,
    ]);
  });

  test('are changed by their owner through the graph, as over REST', async () => {
    const [me, other] = [await newUser({ displayName: 'Before', bio: 'Bio' }), await newUser()];
    const update = (input: object, as?: Someone, version?: number) =>
      graphql(
        'mutation ($input: UpdateMeInput!, $version: Int) { updateMe(input: $input, expectedVersion: $version) { displayName bio version } }',
        as,
        { input, version },
      );
    const codeOf = async (answer: ReturnType<typeof update>) => (await answer).errors![0]!.extensions.code;
    const { version } = (await graphql('{ me { version } }', me)).data.me as { version: number };
    const { data } = await update({ displayName: 'After' }, me, version);
    expect(data.updateMe).toEqual({ displayName: 'After', bio: 'Bio', version: version + 1 });
    expect(await codeOf(update({ bio: null }, me, version))).toBe('request.stale');
    expect((await update({ bio: null }, me)).data.updateMe).toMatchObject({ bio: null });
    expect(await codeOf(update({ username: null }, me))).toBe('request.invalid');
    expect(await codeOf(update({ username: other.username }, me))).toBe('identity.username-taken');
    expect(await codeOf(update({ avatarUrl: 'javascript:alert(1)' }, me))).toBe('http.bad-request');
    expect((await update({ bio: 'x' })).errors![0]!.extensions).toMatchObject({ status: 401 });
  });
});

test('one place may sign up so often, an IPv6 network being one; refused ones count, as they tell that an email is taken', async () => {
  const strict = await startService(identity, {
    NODE_ENV: 'test',
    KEY_ENCRYPTION_SECRET: 'x'.repeat(32),
    BCRYPT_COST: '4',
    SIGN_UPS_PER_HOUR: '5',
  });
  const fastify = strict.app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const from =
    (remoteAddress: string, headers = {}) =>
    (email: string, n: number) =>
      fastify.inject({
        method: 'POST',
        url: '/api/v1/users',
        remoteAddress,
        headers,
        payload: { email, username: `member_${email[0]}${n}`, password },
      });
  const taken = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      from(`2001:db8::${n}`, { 'x-forwarded-for': `192.0.2.${n}` })('a@example.com', n),
    ),
  );
  const byStatus = Map.groupBy(taken, ({ statusCode }) => statusCode);
  expect([201, 409, 429].map((status) => byStatus.get(status)?.length)).toEqual([1, 4, 15]);
  const { headers } = byStatus.get(429)![0]!;
  expect(byStatus.get(429)![0]!.json()).toMatchObject({ code: 'identity.too-many-sign-ups' });
  expect(headers).toMatchObject({ 'ratelimit-policy': '"sign-up-address";q=5;w=3600' });
  expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  expect((await from('2001:db8:0:1::1')('b@example.com', 0)).statusCode).toBe(201);
  await strict.stop();
});

test('a flood of passwords is told to come back, while everything else goes on', async () => {
  const small = await startService(identity, {
    NODE_ENV: 'test',
    KEY_ENCRYPTION_SECRET: 'x'.repeat(32),
    BCRYPT_COST: '10',
    PASSWORD_QUEUE: '2',
  });
  let hashing = true;
  let answeredMeanwhile = 0;
  const flood = Promise.all(
    Array.from({ length: 30 }, (_, n) =>
      small.post('/api/v1/users', { body: { email: `flood${n}@example.com`, username: `flood${n}`, password } }),
    ),
  ).finally(() => (hashing = false));
  while (hashing) if ((await small.get('/health/live')).status === 200) answeredMeanwhile++;
  const answers = await flood;
  expect(new Set(statuses(answers))).toEqual(new Set([201, 503]));
  const refused = answers.find(({ status }) => status === 503)!;
  expect(refused.body.code).toBe('service.overloaded');
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(answeredMeanwhile).toBeGreaterThan(5);
  await small.stop();
});
