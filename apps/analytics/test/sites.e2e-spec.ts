import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { MAX_TOKEN_SECONDS } from '@cairn/auth';
import { userDeleted } from '@cairn/contracts/events';
import { AnotherService, BROKER } from '@cairn/messaging/testing';
import { eventually, startService, type RunningService, type Someone } from '@cairn/testing';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { analytics } from '../src/app.module.ts';

let service: RunningService;
let ada: Someone, bob: Someone, admin: Someone;
beforeAll(async () => {
  service = await startService(analytics);
  [ada, bob, admin] = await Promise.all(['author', 'reader', 'admin'].map((role) => service.someone(role))) as [Someone, Someone, Someone]; // prettier-ignore
});
afterAll(() => service.stop());

const create = (as: Someone, body: object = { name: 'Pages' }, headers = {}) => service.post('/api/v1/sites', { as, body, headers }); // prettier-ignore

test('a site is made once for one key, has what it was given, and can be found', async () => {
  const settings = { name: ' Pages ', timeZone: 'europe/vienna', allowedOrigins: ['https://Example.org/', 'https://example.org', 'http://localhost:8080'] }; // prettier-ignore
  const key = { 'idempotency-key': randomUUID() };
  const made = await create(ada, settings, key);
  expect(made).toMatchObject({ status: 201, body: { kind: 'web', name: 'Pages', timeZone: 'Europe/Vienna', ownerId: ada.id, version: 1 } }); // prettier-ignore
  expect(made.body.allowedOrigins).toEqual(['https://example.org', 'http://localhost:8080']);
  expect(made.body.key).toMatch(/^[\w-]{16}$/);
  expect((await create(ada, settings, key)).body.id).toBe(made.body.id);
  const got = await service.get(made.headers.get('location')!, { as: ada });
  expect([got.body, got.headers.get('etag')]).toEqual([made.body, made.headers.get('etag')]);
  const { body: list } = await service.get('/api/v1/sites', { as: ada });
  expect(list.items).toEqual([made.body]);
});

test('a time zone has one spelling, whatever capitals it is given in; of two names for one either stays', async () => {
  const zoneOf = async (timeZone: string) => (await create(ada, { name: 'x', timeZone })).body.timeZone as string;
  expect(await zoneOf('asia/KOLKATA')).toBe('Asia/Kolkata');
  expect(await zoneOf('aSIA/cALCUTTA')).toBe('Asia/Calcutta');
  expect(await zoneOf('america/port-au-PRINCE')).toBe('America/Port-au-Prince');
  const { body: site } = await create(ada, { name: 'x', timeZone: 'Asia/Kolkata' });
  const moved = await service.patch(`/api/v1/sites/${site.id}`, { as: ada, body: { timeZone: 'ASIA/KOLKATA' } });
  expect(moved.body).toEqual(site);
  const refused = await create(ada, { name: 'x', timeZone: 'Factory' });
  expect(refused).toMatchObject({ status: 400, body: { errors: [{ path: 'timeZone' }] } });
});

test.each([
  [{ name: '' }, 'name'],
  [{}, 'name'],
  [{ name: 'x', timeZone: 'Mars/Olympus' }, 'timeZone'],
  [{ name: 'x', timeZone: '+01:00' }, 'timeZone'],
  [{ name: 'x', timeZone: '../../etc/passwd' }, 'timeZone'],
  [{ name: 'x', allowedOrigins: ['example.org'] }, 'allowedOrigins.0'],
  [{ name: 'x', allowedOrigins: ['https://example.org/path'] }, 'allowedOrigins.0'],
  [{ name: 'x', allowedOrigins: ['javascript:1'] }, 'allowedOrigins.0'],
  [{ name: 'x', allowedOrigins: ['https://a:b@example.org'] }, 'allowedOrigins.0'],
  [{ name: 'x', kind: 'blog' }, 'kind'],
])('%j names %s', async (body, path) => {
  expect(await create(ada, body)).toMatchObject({ status: 400, body: { errors: [expect.objectContaining({ path })] } });
});

test('who may: the owner changes, those invited read, to others it is not there', async () => {
  const { body: site, headers } = await create(ada);
  const path = `/api/v1/sites/${site.id}`;
  const reader = `${path}/readers/${bob.id}`;
  for (const as of [bob, admin]) expect((await service.get(path, { as })).status).toBe(404);
  expect((await service.get(path)).status).toBe(401);
  expect((await service.put(reader, { as: bob })).status).toBe(404);

  await Promise.all([1, 2, 3].map(() => service.put(reader, { as: ada })));
  expect((await service.get(`${path}/readers`, { as: bob })).body.items).toEqual([{ userId: bob.id, invitedAt: expect.any(String) }]); // prettier-ignore
  expect((await service.get(path, { as: bob })).body).toEqual(site);
  expect((await service.get('/api/v1/sites', { as: bob })).body.items).toEqual([site]);
  const change = (as: Someone, body: object, ifMatch?: string) => service.patch(path, { as, body, headers: ifMatch ? { 'if-match': ifMatch } : {} }); // prettier-ignore
  expect(await change(bob, { name: 'Mine' })).toMatchObject({ status: 403, body: { code: 'analytics.not-your-site' } });
  expect((await service.delete(path, { as: bob })).status).toBe(403);

  const etag = headers.get('etag')!;
  const raced = await Promise.all(['a', 'b', 'c'].map((name) => change(ada, { name }, etag)));
  expect(raced.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
  expect((await change(ada, { timeZone: 'Asia/Kathmandu' })).body).toMatchObject({
    timeZone: 'Asia/Kathmandu',
    version: 3,
  });
  expect((await change(ada, { timeZone: 'Asia/Kathmandu' })).body.version).toBe(3);

  expect((await service.delete(reader, { as: bob })).status).toBe(204);
  expect((await service.get(path, { as: bob })).status).toBe(404);
});

test('lists have pages', async () => {
  const eve = await service.someone();
  for (let n = 0; n < 3; n++) await create(eve, { name: `Site ${n}` });
  const first = await service.get('/api/v1/sites?limit=2', { as: eve });
  const second = await service.get(`/api/v1/sites?limit=2&cursor=${first.body.nextCursor}`, { as: eve });
  expect([...first.body.items, ...second.body.items].map(({ name }) => name)).toEqual(['Site 2', 'Site 1', 'Site 0']);
  expect(second.body.nextCursor).toBeNull();
  expect((await service.get('/api/v1/sites?cursor=forged', { as: eve })).status).toBe(400);
});

test('a deleted site is gone at once, and what it has gathered in steps', async () => {
  const { body: site } = await create(ada);
  const hits = Array.from({ length: 1_000 }, (_, n) => ({ name: `n${n}`, at: new Date(Date.now() - (n % 7) * 86_400_000 + 60_000 * 10).toISOString() })); // prettier-ignore
  const sentAt = new Date(Date.now() + 60_000 * 20).toISOString();
  const collected = await service.post('/api/v1/collect', { body: { site: site.key, sentAt, hits } });
  expect(collected).toMatchObject({ status: 202, body: { accepted: 1_000, rejected: [] } });
  const count = async () => (await service.app.get(DataSource).query('SELECT count(*)::integer AS n FROM hits WHERE site_id = $1', [site.id]))[0].n; // prettier-ignore
  await eventually(async () => expect(await count()).toBe(1_000), 30_000);
  expect((await service.delete(`/api/v1/sites/${site.id}`, { as: ada })).status).toBe(204);
  expect((await service.get(`/api/v1/sites/${site.id}`, { as: ada })).status).toBe(404);
  await eventually(async () => expect(await count()).toBe(0), 30_000);
});

test('what a deleted user makes while their token is not known to be revoked goes, however long nobody could look', async () => {
  const leaver = await service.someone('author');
  const query = (text: string, ...values: unknown[]): Promise<unknown[]> => service.app.get(DataSource).query(text, [leaver.id, ...values]); // prettier-ignore
  const state = () => query('SELECT passes, due_at IS NULL AS "isDone" FROM deleted_users WHERE user_id = $1');
  // Analytics was away for longer than they are remembered.
  const comeBack = () => query(`UPDATE deleted_users SET due_at = now() - interval '40 days', deleted_at = now() - interval '40 days' WHERE user_id = $1`); // prettier-ignore
  const isThere = async (site: { id: string }) => (await service.get(`/api/v1/sites/${site.id}`, { as: leaver })).status; // prettier-ignore
  await new AnotherService(service.app.get(BROKER), 'identity').publish(userDeleted, { userId: leaver.id as never });
  await eventually(async () => expect(await state()).toEqual([{ passes: 1, isDone: false }]), 15_000);
  const { body: underWay } = await create(leaver);
  await comeBack();
  await eventually(async () => expect(await isThere(underWay)).toBe(404), 15_000);
  expect(await state()).toEqual([{ passes: 2, isDone: false }]);
  const { body: late } = await create(leaver);
  const lasts = `SELECT due_at > now() + $2 * interval '1 second' AS "lasts" FROM deleted_users WHERE user_id = $1`;
  expect(await query(lasts, MAX_TOKEN_SECONDS)).toEqual([{ lasts: true }]);
  await comeBack();
  await eventually(async () => expect(await isThere(late)).toBe(404), 15_000);
}, 60_000);
