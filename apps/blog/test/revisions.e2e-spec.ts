import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Transactions } from '@cairn/database';
import { startService, type RunningService, type Someone } from '@cairn/testing';
import { blog } from '../src/app.module.ts';

let service: RunningService;
let ada: Someone, bob: Someone;

beforeAll(async () => {
  service = await startService(blog);
  [ada, bob] = await Promise.all([service.someone('author'), service.someone('author')]);
});
afterAll(() => service.stop());

const path = (slug: string) => `/api/v1/posts/${encodeURIComponent(slug)}`;
const create = async (title: string) =>
  (await service.post('/api/v1/posts', { as: ada, body: { title, body: 'First' } })).body;
const edit = (slug: string, body: object, version: number | '*', as = ada) =>
  service.patch(path(slug), { as, body, headers: { 'if-match': version === '*' ? '*' : `"${version}-x"` } });
const revisions = async (slug: string, query = 'limit=100') =>
  (await service.get(`${path(slug)}/revisions?${query}`, { as: ada })).body;
const restore = (slug: string, version: number, ifMatch?: string, as = ada) =>
  service.post(`${path(slug)}/revisions/${version}/restore`, { as, headers: ifMatch ? { 'if-match': ifMatch } : {} });

test('every change of content keeps its revision, nothing else makes one', async () => {
  const { slug } = await create('Kept');
  await service.post(`${path(slug)}/publish`, { as: ada });
  const admin = await service.someone('admin');
  await edit(slug, { body: 'Second', tags: ['x'] }, 2, admin);
  const unchanged = await edit(slug, { body: 'Second', tags: ['X'] }, 3);
  expect(unchanged.body.version).toBe(3);
  const { items } = await revisions(slug);
  expect(items).toEqual([
    { version: 3, title: 'Kept', tags: ['x'], editorId: admin.id, createdAt: unchanged.body.updatedAt },
    { version: 1, title: 'Kept', tags: [], editorId: ada.id, createdAt: expect.any(String) },
  ]);
  const first = await service.get(`${path(slug)}/revisions/1`, { as: ada });
  expect(first.body).toEqual({ ...items[1], body: 'First', excerpt: null, coverImageUrl: null });
  expect((await service.get(`${path(slug)}/revisions/2`, { as: ada })).body.code).toBe('blog.revision-not-found');
  for (const version of ['x', '0', '1e99', '99999999999', '1.5'])
    expect((await service.get(`${path(slug)}/revisions/${version}`, { as: ada })).status).toBe(400);
});

test('of twenty parallel edits exactly those that won are kept', async () => {
  const { slug } = await create('Contested');
  const edits = await Promise.all(Array.from({ length: 20 }, (_, n) => edit(slug, { body: `Edit ${n}` }, 1 + (n % 3))));
  const won = edits.filter(({ status }) => status === 200).map(({ body }) => body);
  expect(won.length).toBeGreaterThan(0);
  expect(edits.filter(({ status }) => status === 412)).toHaveLength(20 - won.length);
  const { items } = await revisions(slug);
  const kept = items.map(({ version }: { version: number }) => version);
  expect(kept).toEqual([...won.map(({ version }) => version).sort((a, b) => b - a), 1]);
  for (const { version, body } of won)
    expect((await service.get(`${path(slug)}/revisions/${version}`, { as: ada })).body.body).toBe(body);
});

test('restoring makes a new revision of the old content', async () => {
  const { slug } = await create('Restored');
  await edit(slug, { title: 'Renamed', body: 'Second', excerpt: 'E', coverImageUrl: 'https://x/y', tags: ['x'] }, 1);
  expect((await restore('renamed', 1)).status).toBe(428);
  expect((await restore('renamed', 1, '"1-x"')).status).toBe(412);
  expect((await restore('renamed', 7, '*')).body.code).toBe('blog.revision-not-found');
  const restored = await restore('renamed', 1, '"2-x"');
  expect(restored.body).toMatchObject({
    slug,
    title: 'Restored',
    body: 'First',
    excerpt: 'First',
    tags: [],
    version: 3,
  });
  expect(restored.body.coverImageUrl).toBeNull();
  expect((await restore(slug, 1, '*')).body.version).toBe(3);
  expect((await revisions(slug)).items).toHaveLength(3);
  const page = await revisions(slug, 'limit=2');
  expect((await revisions(slug, `limit=2&cursor=${page.nextCursor}`)).items).toMatchObject([{ version: 1 }]);
  expect((await revisions(slug, 'cursor=WyIxZTk5OSJd')).errors[0].path).toBe('cursor');
});

test('a stranger learns nothing of them, a reader of the post only that they are not theirs', async () => {
  const { slug } = await create('Private');
  const answers = async (as?: Someone) => [
    (await service.get(`${path(slug)}/revisions`, { as })).status,
    (await service.get(`${path(slug)}/revisions/1`, { as })).status,
    (await service.post(`${path(slug)}/revisions/1/restore`, { as, headers: { 'if-match': '*' } })).status,
  ];
  expect(await answers()).toEqual([401, 401, 401]);
  expect(await answers(bob)).toEqual([404, 404, 404]);
  await service.post(`${path(slug)}/publish`, { as: ada });
  expect(await answers(bob)).toEqual([403, 403, 403]);
  expect(await answers(await service.someone('moderator'))).toEqual([403, 403, 403]);
  expect(await answers(await service.someone('admin'))).toEqual([200, 200, 200]);
});

test.each(['UPDATE post_revisions SET body = title', 'DELETE FROM post_revisions', 'TRUNCATE post_revisions'])(
  'PostgreSQL lets the service only add to them: %s',
  async (sql) => {
    const write = service.app.get(Transactions, { strict: false }).run((tx) => tx.query(sql));
    await expect(write).rejects.toThrow('permission denied for table post_revisions');
  },
);

test('they go with their post', async () => {
  const { slug } = await create('Gone');
  await edit(slug, { body: 'Second' }, '*');
  expect((await service.delete(path(slug), { as: ada })).status).toBe(204);
  expect((await service.get(`${path(slug)}/revisions`, { as: ada })).status).toBe(404);
});
