import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
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
const create = async (content: object, as = ada) => {
  const { status, body } = await service.post('/api/v1/posts', { as, body: { body: 'Body', ...content } });
  expect(status).toBe(201);
  return body;
};
const publish = async (content: object, as = ada) => {
  const { slug } = await create(content, as);
  return (await service.post(`${path(slug)}/publish`, { as })).body;
};

describe('tags', () => {
  const counts = async () =>
    Object.fromEntries(
      (await service.get('/api/v1/tags?limit=100')).body.items.map((each: { tag: string; posts: number }) => [
        each.tag,
        each.posts,
      ]),
    );

  test('are normalised, and counted while the post is published', async () => {
    const draft = await create({ title: 'Tagged', tags: ['Fire', 'fire ', 'Machine Learning'] });
    expect(draft.tags).toEqual(['fire', 'machine-learning']);
    expect(await counts()).not.toHaveProperty('fire');
    await service.post(`${path(draft.slug)}/publish`, { as: ada });
    expect(await counts()).toMatchObject({ fire: 1, 'machine-learning': 1 });
    const headers = { 'if-match': '*' };
    const edited = await service.patch(path(draft.slug), { as: ada, body: { tags: ['fire', 'smoke'] }, headers });
    expect(edited.body.tags).toEqual(['fire', 'smoke']);
    expect(await counts()).toMatchObject({ fire: 1, smoke: 1 });
    expect(await counts()).not.toHaveProperty('machine-learning');
    await service.delete(path(draft.slug), { as: ada });
    expect(await counts()).not.toHaveProperty('fire');
  });

  test('page by count, then by name', async () => {
    await publish({ title: 'T1', tags: ['common', 'apple', 'pear'] });
    await publish({ title: 'T2', tags: ['common'] });
    const first = await service.get('/api/v1/tags?limit=2');
    expect(first.body.items).toEqual([
      { tag: 'common', posts: 2 },
      { tag: 'apple', posts: 1 },
    ]);
    const second = await service.get(`/api/v1/tags?limit=2&cursor=${first.body.nextCursor}`);
    expect(second.body).toEqual({ items: [{ tag: 'pear', posts: 1 }], nextCursor: null });
    expect((await service.get('/api/v1/tags?cursor=x')).body.errors[0].path).toBe('cursor');
  });

  test('a wrong one is a 400 that names it', async () => {
    const tags = ['fine', 'c++', 'x'.repeat(33)];
    const answer = await service.post('/api/v1/posts', { as: bob, body: { title: 'T', body: 'B', tags } });
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toEqual(['tags.1', 'tags.2']);
  });
});

/** Every page of a list, one after the other; `between` runs after the first. */
async function walk(query: string, as?: Someone, between?: () => Promise<unknown>): Promise<string[]> {
  const slugs: string[] = [];
  for (let next: string | undefined = `/api/v1/posts?${query}`; next;) {
    const page: Awaited<ReturnType<typeof service.get>> = await service.get(next, { as });
    expect(page.status).toBe(200);
    slugs.push(...page.body.items.map((post: { slug: string }) => post.slug));
    next = /<(.*)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
    if (slugs.length === page.body.items.length) await between?.();
  }
  return slugs;
}

describe('filters', () => {
  test('combine', async () => {
    const mine = await publish({ title: 'Ours', tags: ['filtered', 'x'] });
    const his = await publish({ title: 'Ours too', tags: ['filtered'] }, bob);
    expect(await walk('tag=Filtered')).toEqual([his.slug, mine.slug]);
    expect(await walk(`tag=filtered&authorId=${ada.id}`)).toEqual([mine.slug]);
    expect(await walk(`tag=filtered&q=ours&authorId=${bob.id}`)).toEqual([his.slug]);
    expect(await walk(`tag=filtered&publishedAfter=${his.publishedAt}`)).toContain(his.slug);
    expect(await walk(`tag=filtered&publishedBefore=${mine.publishedAt}`)).toEqual([]);
    expect(
      await walk('tag=filtered&publishedAfter=2000-01-01T00:00:00%2B02:00&publishedBefore=2001-01-01T00:00:00Z'),
    ).toEqual([]);
  });

  test.each([
    ['tag=c%2B%2B', 'tag'],
    ['publishedAfter=yesterday', 'publishedAfter'],
    ['publishedBefore=2026-02-30T00:00:00Z', 'publishedBefore'],
    ['sort=relevance', 'sort'],
    ['sort=x&q=a', 'sort'],
    ['q=', 'q'],
    ['q=%20', 'q'],
    [`q=${'x'.repeat(201)}`, 'q'],
    ['q=a%00', 'q'],
  ])('?%s is a 400', async (query, field) => {
    const answer = await service.get(`/api/v1/posts?${query}`);
    expect([answer.status, answer.body.errors?.[0].path]).toEqual([400, field]);
  });
});

describe('search', () => {
  const titles = async (q: string, as?: Someone) =>
    (await service.get(`/api/v1/posts?q=${encodeURIComponent(q)}`, { as })).body.items.map(
      (post: { title: string }) => post.title,
    );

  test('ranks a title above an excerpt above a body, however often the body says it', async () => {
    await publish({ title: 'In the body', body: 'obelisk '.repeat(50) });
    await publish({ title: 'In the excerpt', excerpt: 'On the obelisk' });
    await publish({ title: 'The obelisk itself' });
    expect(await titles('obelisks')).toEqual(['The obelisk itself', 'In the excerpt', 'In the body']);
    expect(await walk('q=obelisk&sort=date')).toEqual(['the-obelisk-itself', 'in-the-excerpt', 'in-the-body']);
  });

  test('folds accents and case in any script, and forgives a wrong letter in titles and tags', async () => {
    await publish({ title: 'Crème brûlée', body: 'Ein Žluťoučký kůň', tags: ['konditorei'] });
    await publish({ title: 'Путь в горах' });
    for (const q of ['creme brulee', 'CRÈME', 'zlutoucky', 'kun', 'crème bruleé', 'creme brule', 'konditorie'])
      expect({ q, found: await titles(q) }).toEqual({ q, found: ['Crème brûlée'] });
    expect(await titles('ГОРАХ')).toEqual(['Путь в горах']);
    expect(await titles('горох')).toEqual([]);
  });

  test('knows phrases, exclusion and alternatives', async () => {
    await publish({ title: 'Alpha beta' });
    await publish({ title: 'Beta alpha' });
    expect(await titles('"alpha beta"')).toEqual(['Alpha beta']);
    expect(await titles('alpha -"alpha beta"')).toEqual(['Beta alpha']);
    expect((await titles('nonesuch or alpha')).sort()).toEqual(['Alpha beta', 'Beta alpha']);
  });

  test('shows where it found the words, as text that is safe in a page', async () => {
    await publish({
      title: 'Sextant & <b>compass</b>',
      body: 'Take the `<script>alert("sextant")</script>` with **you**.',
    });
    const { items } = (await service.get('/api/v1/posts?q=sextant')).body;
    expect(items[0].highlight).toEqual({
      title: '<mark>Sextant</mark> &amp; &lt;b&gt;compass&lt;/b&gt;',
      text: expect.stringContaining('<mark>sextant</mark>'),
    });
    expect(items[0].highlight.text.replace(/<\/?mark>/g, '')).not.toMatch(/[<>"]/);
    expect((await service.get('/api/v1/posts?limit=1')).body.items[0].highlight).toBeNull();
  });

  test('follows an edit', async () => {
    const { slug } = await publish({ title: 'Gyroscope' });
    await service.patch(path(slug), { as: ada, body: { title: 'Astrolabe' }, headers: { 'if-match': '*' } });
    expect(await titles('gyroscope')).toEqual([]);
    expect(await titles('astrolabe')).toEqual(['Astrolabe']);
  });

  test('indexes the longest body that there may be', async () => {
    const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
    const word = (n: number) => letters[n % 36]! + letters[Math.floor(n / 36) % 36]! + letters[Math.floor(n / 1296)]!;
    const wide = (n: number) =>
      String.fromCodePoint(0x10400 + (n % 40), 0x10400 + (Math.floor(n / 40) % 40), 0x4e00 + Math.floor(n / 1600));
    const words = (separator: string, make: (n: number) => string) =>
      Array.from({ length: 30_000 }, (_, n) => make(n))
        .join(separator)
        .slice(0, 99_000);
    for (const body of [
      words(' ', word),
      words('-', word),
      words(' ', wide).toWellFormed(),
      words('/', word),
      'a.b@c.de/f '.repeat(9_000),
    ])
      await publish({ title: 'Longest', body });
    expect(await titles('longest')).toHaveLength(5);
  });
});

describe('pages', () => {
  test.each(['tag=paged&limit=3', 'q=paged&limit=3', 'q=pagde&limit=3', 'q=paged&sort=date&limit=3'])(
    '?%s: none skipped, none repeated, while others publish',
    async (query) => {
      const before: string[] = [];
      for (let n = 0; n < 10; n++)
        before.push((await publish({ title: `Paged ${'again '.repeat(n % 3)}`, tags: ['paged'] })).slug);
      let writing = true;
      const writer = async () => {
        while (writing) await publish({ title: 'Paged, later', tags: ['paged'] }, bob);
      };
      const writers = [writer(), writer()];
      const walks = await Promise.all(Array.from({ length: 3 }, () => walk(query)));
      writing = false;
      await Promise.all(writers);
      for (const seen of walks) {
        expect(new Set(seen).size).toBe(seen.length);
        expect(before.filter((slug) => !seen.includes(slug))).toEqual([]);
      }
    },
  );

  test('a cursor is good for the list that it came from only', async () => {
    for (let n = 0; n < 3; n++) await publish({ title: 'Bound', tags: ['bound'] });
    const { nextCursor } = (await service.get('/api/v1/posts?q=bound&limit=1')).body;
    const ask = async (query: string) => (await service.get(`/api/v1/posts?${query}&cursor=${nextCursor}`)).body;
    expect((await ask('q=bound&limit=2')).items).toHaveLength(2);
    for (const other of ['q=bound&sort=date', 'q=bounds', 'q=bound&tag=bound', 'limit=1', `q=bound&authorId=${ada.id}`])
      expect((await ask(other)).errors).toEqual([{ path: 'cursor', message: expect.any(String) }]);
  });
});
