import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, startService, type RunningService, type Someone } from '@cairn/testing';
import { blog } from '../src/app.module.ts';

let service: RunningService;
let ada: Someone;

beforeAll(async () => void (service = await startService(blog)));
beforeAll(async () => void (ada = await service.someone('author')));
afterAll(() => service.stop());

const postPath = (slug: string) => `/api/v1/posts/${encodeURIComponent(slug)}`;
const file = (path: string, content: string) => ({ path, content });
const send = (files: object[], as = ada) => service.post('/api/v1/posts/import', { as, body: { files } });
const importing = async (path: string, content: string, as = ada) => {
  const { status, body } = await send([file(path, content)], as);
  expect(status).toBe(200);
  return body.files[0];
};
const get = async (slug: string, as = ada) => (await service.get(postPath(slug), { as })).body;
const postsOf = async (author: Someone, state: string) =>
  (await service.get(`/api/v1/posts?limit=100&state=${state}&authorId=${author.id}`, { as: author })).body.items;

describe('a first import', () => {
  test('publishes at once, under the date of the file, and reports in order', async () => {
    const { status, body } = await send([
      file('first/b.md', '---\ndate: 2020-02-03\ntags: [stone]\n---\n# A cairn\n\n| a |\n|---|\n| `b` |\n'),
      file('first/a.md', '---\ndraft: true\n---\n# Later\n\nText'),
    ]);
    expect([status, body]).toEqual([
      200,
      {
        files: [
          { path: 'first/b.md', result: 'created', slug: 'a-cairn' },
          { path: 'first/a.md', result: 'created', slug: 'later' },
        ],
      },
    ]);
    const post = await get('a-cairn');
    expect(post).toMatchObject({ title: 'A cairn', tags: ['stone'], state: 'published', authorId: ada.id });
    expect(post).toMatchObject({ publishedAt: '2020-02-03T00:00:00.000Z', version: 2 });
    expect(post.bodyHtml).toMatch(/^<table>.*<code>b<\/code>/s);
    expect(post.createdAt > '2026').toBe(true);
    expect(await get('later')).toMatchObject({ state: 'draft', publishedAt: null });
  });

  test('a date in the future is waited for', async () => {
    const date = new Date(Date.now() + 1_500).toISOString();
    const { slug } = await importing('soon.md', `---\ndate: ${date}\n---\n# Soon\n\nText`);
    expect(await get(slug)).toMatchObject({ state: 'scheduled', publishAt: date });
    await eventually(async () => expect(await get(slug)).toMatchObject({ state: 'published' }));
    expect(await importing('soon.md', `---\ndate: ${date}\n---\n# Soon\n\nText`)).toMatchObject({
      result: 'unchanged',
    });
    expect(await importing('soon.md', `---\ndate: ${date}\n---\n# Soon\n\nMore`)).toMatchObject({ result: 'updated' });
  });

  test('a bad file does not stop the rest', async () => {
    const { body } = await send([
      file('bad.md', '---\ntags: [c++]\n---\n# Bad\n\nText'),
      file('worse.md', `---\na: [\n---\n`),
      file('big.md', 'x'.repeat(1_200_000)),
      file('../../etc/passwd', '# Good\n\nText'),
    ]);
    expect(body.files.map(({ result }: { result: string }) => result)).toEqual([
      'failed',
      'failed',
      'failed',
      'created',
    ]);
    expect(body.files[0]).toMatchObject({ path: 'bad.md', errors: [{ path: 'tags.0' }] });
    expect(body.files[1].errors[0].path).toBe('frontMatter');
    expect(await get('bad')).toMatchObject({ status: 404 });
  });
});

describe('the same folder again', () => {
  test('an unchanged file changes nothing, a changed one its post', async () => {
    const { slug } = await importing('again.md', '# Again\n\nOne');
    const before = await get(slug);
    expect(await importing('again.md', '# Again\n\nOne')).toEqual({ path: 'again.md', result: 'unchanged', slug });
    expect(await get(slug)).toEqual(before);
    const changed = await importing('again.md', '# Again and again\n\nTwo');
    expect(changed).toEqual({ path: 'again.md', result: 'updated', slug: 'again-and-again' });
    expect(await get(changed.slug)).toMatchObject({ id: before.id, body: 'Two', version: before.version + 1 });
    expect((await service.get(postPath(slug))).status).toBe(301);
    const revisions = await service.get(`${postPath(changed.slug)}/revisions`, { as: ada });
    expect(revisions.body.items).toHaveLength(2);
  });

  test('what was edited by hand is not overwritten', async () => {
    const { slug } = await importing('hand.md', '# Hand\n\nOne');
    const headers = { 'if-match': '*' };
    await service.patch(postPath(slug), { as: ada, body: { body: 'By hand' }, headers });
    expect(await importing('hand.md', '# Hand\n\nOne')).toMatchObject({ result: 'unchanged' });
    const refused = await importing('hand.md', '# Hand\n\nTwo');
    expect(refused).toMatchObject({ result: 'failed', slug, errors: [{ path: 'file' }] });
    expect((await get(slug)).body).toBe('By hand');

    await service.patch(postPath(slug), { as: ada, body: { body: 'Two' }, headers });
    expect(await importing('hand.md', '# Hand\n\nTwo')).toMatchObject({ result: 'unchanged' }); // they agree again
    expect(await importing('hand.md', '# Hand\n\nThree')).toMatchObject({ result: 'updated' });
  });

  test('the file decides on the state until the post has appeared', async () => {
    const { slug } = await importing('state.md', '---\ndraft: true\n---\n# State\n\nText');
    await importing('state.md', '---\ndate: 2100-01-01\n---\n# State\n\nText');
    expect(await get(slug)).toMatchObject({ state: 'scheduled' });
    await importing('state.md', '---\ndraft: true\n---\n# State\n\nText');
    expect(await get(slug)).toMatchObject({ state: 'draft' });
    expect(await importing('state.md', '# State\n\nText')).toMatchObject({ result: 'updated' });
    await service.post(`${postPath(slug)}/unpublish`, { as: ada });
    expect(await importing('state.md', '# State\n\nOther text')).toMatchObject({ result: 'updated' });
    expect(await importing('state.md', '---\ndate: 2000-01-01\n---\n# State\n\nOther text')).toMatchObject({
      result: 'unchanged',
    });
    expect(await get(slug)).toMatchObject({ state: 'archived', body: 'Other text' });
  });

  test('a deleted post is created again', async () => {
    const { slug } = await importing('gone.md', '# Gone\n\nText');
    await service.delete(postPath(slug), { as: ada });
    expect(await importing('gone.md', '# Gone\n\nText')).toMatchObject({ result: 'created' });
  });

  test('another author has posts of their own', async () => {
    const bob = await service.someone('author');
    const mine = await importing('shared.md', '# Shared\n\nText');
    const theirs = await importing('shared.md', '# Shared\n\nText', bob);
    expect([mine, theirs]).toMatchObject([{ result: 'created' }, { result: 'created' }]);
    expect(theirs.slug).not.toBe(mine.slug);
  });
});

describe('at once', () => {
  const folder = Array.from({ length: 10 }, (_, n) => file(`many/${n}.md`, `# The same title\n\nText ${n}`));

  test('ten imports of a folder create each post once', async () => {
    const cleo = await service.someone('author');
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => send(n % 2 ? folder : folder.toReversed(), cleo)),
    );
    const results = answers.flatMap(({ body }) => body.files.map(({ result }: { result: string }) => result));
    expect(results.filter((result) => result === 'created')).toHaveLength(10);
    expect(results.filter((result) => result === 'unchanged')).toHaveLength(90);
    expect(await postsOf(cleo, 'published')).toHaveLength(10);
  });

  test('imports and deletions neither fail nor leave two', async () => {
    const dora = await service.someone('author');
    const [{ path, content }] = folder as [(typeof folder)[0]];
    const rounds = Array.from({ length: 20 }, async (_, n) => {
      const [report] = (await send([file(path, `${content} ${n}`)], dora)).body.files;
      expect(['created', 'updated', 'unchanged']).toContain(report.result);
      expect([204, 404]).toContain((await service.delete(postPath(report.slug), { as: dora })).status);
    });
    await Promise.all(rounds);
    expect((await postsOf(dora, 'published')).length).toBeLessThanOrEqual(1);
  });
});

describe('a request', () => {
  test('needs the role of an author', async () => {
    expect((await service.post('/api/v1/posts/import', { body: { files: [file('a', 'b')] } })).status).toBe(401);
    expect((await send([file('a', 'b')], await service.someone('reader'))).status).toBe(403);
    expect((await send([file('a.md', 'b')], await service.someone('admin'))).status).toBe(200);
  });

  test.each([
    ['a path given twice', [file('e\u0301.md', 'a'), file(' \u00e9.md', 'b')], ['files.1.path']],
    [
      'what is no path',
      [file('a\nb', 'a'), file('', 'a'), file('x'.repeat(301), 'a'), file('a\u0000', 'a')],
      ['files.0.path', 'files.1.path', 'files.2.path', 'files.3.path'],
    ],
    ['no content', [{ path: 'a.md' }], ['files.0.content']],
    ['no file', [], ['files']],
    ['too many files', Array.from({ length: 101 }, (_, n) => file(`${n}`, 'a')), ['files']],
  ])('with %s is a 400 that names it', async (_, files, paths) => {
    const { status, body } = await send(files);
    expect([status, body.errors.map(({ path }: { path: string }) => path)]).toEqual([400, paths]);
  });

  test('may be larger than others, up to 2 MiB', async () => {
    const { body } = await send(
      Array.from({ length: 12 }, (_, n) => file(`large/${n}`, `${n} ${'word '.repeat(30_000)}`)),
    );
    expect(body.files[0].errors).toMatchObject([{ path: 'body' }]);
    expect((await send([file('a', 'x'.repeat(2 * 1_048_576))])).status).toBe(413);
  });
});
