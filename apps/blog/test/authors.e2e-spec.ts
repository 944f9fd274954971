import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startService, type RunningService, type Someone } from '@cairn/testing';
import { blog } from '../src/app.module.ts';

let service: RunningService;
let writers: Someone[];

const publish = async (as: Someone, title: string): Promise<{ slug: string }> => {
  const { slug } = (await service.post('/api/v1/posts', { as, body: { title, body: 'Body' } })).body;
  return (await service.post(`/api/v1/posts/${slug}/publish`, { as })).body;
};

beforeAll(async () => {
  service = await startService(blog);
  writers = await Promise.all(['Ada', 'Bob', 'Eve'].map(() => service.someone('author')));
  for (const [index, { id }] of writers.entries()) service.identity.users.set(id, { username: `writer${index}` });
});
afterAll(() => service.stop());

test('a page of posts by several authors asks identity once, the next page not at all', async () => {
  for (const [index, as] of [...writers, ...writers].entries()) await publish(as, `Post ${index}`);
  service.identity.calls = 0;
  const names = async () =>
    (await service.get('/api/v1/posts')).body.items.map(
      ({ author }: { author: { username: string } }) => author.username,
    );
  expect((await names()).sort()).toEqual(['writer0', 'writer0', 'writer1', 'writer1', 'writer2', 'writer2']);
  await names();
  expect(service.identity.calls).toBeLessThanOrEqual(1);
});

test('without identity a post is shown with the last known name, or none', async () => {
  const known = await publish(writers[0]!, 'Known');
  service.identity.away = true;
  const stranger = await service.someone('author');
  const unknown = await publish(stranger, 'Unknown');
  const authorOf = async ({ slug }: { slug: string }) => (await service.get(`/api/v1/posts/${slug}`)).body.author;
  expect(await authorOf(known)).toMatchObject({ username: 'writer0' });
  expect(await authorOf(unknown)).toEqual({
    id: stranger.id,
    username: null,
    displayName: null,
    avatarUrl: null,
    deleted: false,
  });
  service.identity.away = false;
});
