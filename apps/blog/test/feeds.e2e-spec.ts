import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startService, type RunningService, type Someone } from '@cairn/testing';
import { blog } from '../src/app.module.ts';

let service: RunningService;
let ada: Someone;

beforeAll(async () => {
  service = await startService(blog, { PUBLIC_URL: 'https://cairn.example/' });
  ada = await service.someone('author');
});
afterAll(() => service.stop());

const create = async (title: string): Promise<string> =>
  (await service.post('/api/v1/posts', { as: ada, body: { title, body: 'Body' } })).body.slug;
const move = (slug: string, verb: string) => service.post(`/api/v1/posts/${slug}/${verb}`, { as: ada });
const publish = async (title: string) => {
  const slug = await create(title);
  await move(slug, 'publish');
  return slug;
};
const titles = async () =>
  (await service.get('/feeds/posts.json')).body.items.map(({ title }: { title: string }) => title);

test.each([
  ['atom', 'application/atom+xml; charset=utf-8'],
  ['rss', 'application/rss+xml; charset=utf-8'],
  ['json', 'application/feed+json; charset=utf-8'],
])('posts.%s is served as %s, with conditional requests', async (format, type) => {
  const slug = await publish(`For ${format}`);
  const url = `/feeds/posts.${format}`;
  const ask = async (headers: Record<string, string>) => (await service.get(url, { headers })).status;
  const first = await service.get(url);
  expect([first.status, first.headers.get('content-type')]).toEqual([200, type]);
  expect(format === 'json' ? JSON.stringify(first.body) : first.body).toMatch(
    `https://cairn.example/api/v1/posts/${slug}`,
  );
  const etag = first.headers.get('etag')!;
  expect(await ask({ 'if-none-match': etag })).toBe(304);
  expect(await ask({ 'if-none-match': `W/${etag}` })).toBe(304);
  expect(await ask({ 'if-none-match': '"other"' })).toBe(200);
  await move(slug, 'unpublish');
  expect(await ask({ 'if-none-match': etag })).toBe(200);
});

test('no date tells of a post that is gone: what was taken down does not stay in a reader', async () => {
  const older = await publish('Older');
  await publish('Newer');
  const { headers } = await service.get('/feeds/posts.atom');
  await move(older, 'unpublish');
  const since = { 'if-modified-since': headers.get('last-modified') ?? headers.get('date')! };
  expect((await service.get('/feeds/posts.atom', { headers: since })).status).toBe(200);
});

test('holds the newest twenty published posts, and nothing else', async () => {
  await create('A draft');
  for (let n = 1; n <= 22; n++) await publish(`Number ${n}`);
  const shown = await titles();
  expect(shown).toEqual(Array.from({ length: 20 }, (_, n) => `Number ${22 - n}`));
});

test('stands outside of the API, and knows three formats', async () => {
  expect((await service.get('/api/v1/feeds/posts.atom')).status).toBe(404);
  expect((await service.get('/feeds/posts.xml')).body.errors[0].path).toBe('format');
});
