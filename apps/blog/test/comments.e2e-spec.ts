import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startService, untilAnswered, type RunningService, type Someone } from '@cairn/testing';
import { blog } from '../src/app.module.ts';

let service: RunningService;
let ada: Someone, bob: Someone, mod: Someone, admin: Someone;

beforeAll(async () => {
  service = await startService(blog);
  const signIn = (role: string) => service.someone(role);
  [ada, bob, mod, admin] = await Promise.all([
    signIn('author'),
    signIn('reader'),
    signIn('moderator'),
    signIn('admin'),
  ]);
});
afterAll(() => service.stop());

interface View {
  id: string;
  body: string | null;
  state: string;
}
const publish = async (): Promise<string> => {
  const { body } = await service.post('/api/v1/posts', { as: ada, body: { title: 'Talk', body: 'Body' } });
  await service.post(`/api/v1/posts/${body.slug}/publish`, { as: ada });
  return body.slug;
};
const say = (slug: string, body: string, { as = bob, parentId = undefined as string | undefined, key = '' } = {}) =>
  untilAnswered(() =>
    service.post(`/api/v1/posts/${slug}/comments`, {
      as,
      body: { body, parentId },
      headers: key ? { 'idempotency-key': key } : {},
    }),
  );
const said = async (slug: string, body: string, options = {}): Promise<View> => (await say(slug, body, options)).body;
const list = async (slug: string, query = '', as?: Someone) =>
  (await service.get(`/api/v1/posts/${slug}/comments${query}`, { as })).body as { items: View[]; nextCursor: string };
const remove = (id: string, as = bob) => untilAnswered(() => service.delete(`/api/v1/comments/${id}`, { as }));
const hide = (id: string, as = mod) =>
  untilAnswered(() => service.post(`/api/v1/comments/${id}/hide`, { as, body: { reason: 'Spam' } }));
const unhide = (id: string, as = mod) => untilAnswered(() => service.post(`/api/v1/comments/${id}/unhide`, { as }));
const countOf = async (slug: string) =>
  (await service.get(`/api/v1/posts/${slug}`, { as: ada })).body.commentCount as number;
/** `times` many, all at once. */
const atOnce = <T>(times: number, work: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length: times }, (_, n) => work(n)));
const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status).sort();

describe('writing', () => {
  test('answers the comment, rendered, with Location and ETag', async () => {
    const slug = await publish();
    const answer = await say(slug, 'So *true* <script>');
    expect(answer.status).toBe(201);
    expect(answer.headers.get('etag')).toMatch(/^"1-/);
    expect(answer.body).toMatchObject({
      ...{ body: 'So *true* <script>', bodyHtml: '<p>So <em>true</em> &lt;script&gt;</p>\n' },
      ...{ authorId: bob.id, parentId: null, depth: 1, state: 'visible', version: 1 },
    });
    expect((await service.get(answer.headers.get('location')!)).body).toEqual(answer.body);
    expect(await countOf(slug)).toBe(1);
  });

  test.each([
    [{ body: '' }, 'body'],
    [{ body: 'x'.repeat(5_001) }, 'body'],
    [{ body: 'a\u0000' }, 'body'],
    [{ body: 'a', parentId: 'x' }, 'parentId'],
    [{ body: 'a', parentId: '018f0000-0000-7000-8000-000000000000' }, 'parentId'],
    [{ body: 'a', colour: 'red' }, 'colour'],
  ])('%j is a 400 that names the field', async (body, path) => {
    const answer = await service.post(`/api/v1/posts/${await publish()}/comments`, { as: bob, body });
    expect([answer.status, answer.body.errors[0].path]).toEqual([400, path]);
  });

  test('needs a token, and a post that is published', async () => {
    const slug = await publish();
    expect((await service.post(`/api/v1/posts/${slug}/comments`, { body: { body: 'a' } })).status).toBe(401);
    const draft = await service.post('/api/v1/posts', { as: ada, body: { title: 'Draft', body: 'B' } });
    expect((await say(draft.body.slug, 'a', { as: ada })).body.code).toBe('blog.post-not-published');
    expect((await say(draft.body.slug, 'a')).body.code).toBe('blog.post-not-found');
    expect((await service.get(`/api/v1/posts/${draft.body.slug}/comments`)).status).toBe(404);
    expect((await say('nowhere', 'a')).status).toBe(404);
  });

  test('a reply belongs to its post, and a thread ends at a depth', async () => {
    const [slug, other] = [await publish(), await publish()];
    let { id } = await said(slug, 'depth 1');
    expect((await say(other, 'astray', { parentId: id })).body.errors[0].path).toBe('parentId');
    for (let depth = 2; depth <= 5; depth++) ({ id } = await said(slug, `depth ${depth}`, { parentId: id }));
    const answer = await say(slug, 'too deep', { parentId: id });
    expect([answer.status, answer.body.code]).toEqual([409, 'blog.thread-too-deep']);
    expect(answer.body.detail).toMatch('parentId');
    expect(await countOf(slug)).toBe(5);
  });

  test('of ten at once with one Idempotency-Key one writes', async () => {
    const slug = await publish();
    const answers = await atOnce(10, () => say(slug, 'once', { key: 'k' }));
    for (const { status } of answers) expect([201, 409]).toContain(status);
    const replay = await say(slug, 'once', { key: 'k' });
    expect(replay.headers.get('idempotent-replayed')).toBe('true');
    expect((await list(slug)).items).toEqual([replay.body]);
  });
});

describe('reading', () => {
  test('in the order of the thread, by pages that fit together', async () => {
    const slug = await publish();
    const first = await said(slug, '1');
    const second = await said(slug, '2');
    const reply = await said(slug, '1.1', { parentId: first.id });
    await said(slug, '2.1', { parentId: second.id });
    await said(slug, '1.1.1', { parentId: reply.id });
    await said(slug, '1.2', { parentId: first.id });
    const bodies: (string | null)[] = [];
    let url: string | undefined = `/api/v1/posts/${slug}/comments?limit=2`;
    while (url) {
      const page = await service.get(url);
      bodies.push(...page.body.items.map(({ body }: View) => body));
      url = /<(.*)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
    }
    expect(bodies).toEqual(['1', '1.1', '1.1.1', '1.2', '2', '2.1']);
    expect((await list(slug)).items[0]).not.toHaveProperty('path');
  });

  test.each(['cursor=forged', 'limit=0', 'colour=red'])('?%s is a 400', async (query) => {
    const answer = await service.get(`/api/v1/posts/${await publish()}/comments?${query}`);
    expect(answer.body.errors[0].path).toBe(query.split('=')[0]);
  });

  test('what a comment on an archived post says is out of sight, too', async () => {
    const slug = await publish();
    const { id } = await said(slug, 'a');
    await service.post(`/api/v1/posts/${slug}/unpublish`, { as: ada });
    expect((await service.get(`/api/v1/comments/${id}`, { as: bob })).status).toBe(404);
    expect((await service.get(`/api/v1/comments/${id}`, { as: ada })).status).toBe(200);
    expect((await remove(id)).status).toBe(404);
  });
});

describe('changing', () => {
  test('is for the author, with If-Match honoured', async () => {
    const { body, headers } = await say(await publish(), 'a');
    const path = `/api/v1/comments/${body.id}`;
    const patch = (as: Someone | undefined, change: object, tag?: string) =>
      service.patch(path, { as, body: change, headers: tag ? { 'if-match': tag } : {} });
    const etag = headers.get('etag')!;
    expect((await patch(undefined, { body: 'b' })).status).toBe(401);
    for (const as of [ada, mod]) expect((await patch(as, { body: 'b' })).body.code).toBe('blog.not-your-comment');
    const edited = await patch(bob, { body: '**b**' }, etag);
    expect(edited.body).toMatchObject({ body: '**b**', bodyHtml: '<p><strong>b</strong></p>\n', version: 2 });
    expect((await patch(bob, { body: 'c' }, etag)).status).toBe(412);
    expect((await service.delete(path, { as: bob, headers: { 'if-match': etag } })).status).toBe(412);
    expect((await patch(admin, {}, edited.headers.get('etag')!)).body).toEqual(edited.body);
    expect((await patch(bob, { body: null })).body.errors[0].path).toBe('body');
    expect((await service.patch('/api/v1/comments/x', { as: bob, body: {} })).body.errors[0].path).toBe('id');
  });

  test('of ten editors that saw the same version one wins', async () => {
    const { body, headers } = await say(await publish(), 'a');
    const answers = await atOnce(10, (n) =>
      service.patch(`/api/v1/comments/${body.id}`, {
        as: bob,
        body: { body: `edit ${n}` },
        headers: { 'if-match': headers.get('etag')! },
      }),
    );
    expect(statuses(answers)).toEqual([200, ...Array.from({ length: 9 }, () => 412)]);
  });
});

describe('deleting', () => {
  test('takes the words and keeps the place while there are replies', async () => {
    const slug = await publish();
    const top = await said(slug, 'top');
    const middle = await said(slug, 'middle', { parentId: top.id });
    const leaf = await said(slug, 'leaf', { parentId: middle.id });
    expect((await remove(top.id, ada)).status).toBe(403);
    await remove(top.id);
    await remove(middle.id, mod);
    expect((await list(slug)).items).toEqual([
      expect.objectContaining({ id: top.id, state: 'deleted', body: null, bodyHtml: null }),
      expect.objectContaining({ id: middle.id, state: 'deleted', body: null, bodyHtml: null }),
      expect.objectContaining({ id: leaf.id, body: 'leaf' }),
    ]);
    expect(await countOf(slug)).toBe(1);
    expect((await remove(top.id)).status).toBe(404);
    expect((await say(slug, 'late', { parentId: middle.id })).status).toBe(409);
    await remove(leaf.id);
    expect((await list(slug)).items).toEqual([]);
    expect(await countOf(slug)).toBe(0);
  });

  test('goes with the post', async () => {
    const slug = await publish();
    const { id } = await said(slug, 'a');
    await said(slug, 'b', { parentId: id });
    expect((await service.delete(`/api/v1/posts/${slug}`, { as: ada })).status).toBe(204);
    expect((await service.get(`/api/v1/comments/${id}`, { as: admin })).status).toBe(404);
  });
});

describe('moderating', () => {
  test('hides the words from everybody but their author, moderators and admins', async () => {
    const slug = await publish();
    const { id } = await said(slug, 'buy');
    expect((await hide(id, ada)).status).toBe(403);
    expect((await hide(id)).body).toMatchObject({ state: 'hidden', hiddenReason: 'Spam', body: 'buy', version: 2 });
    for (const [reader, body] of [
      [undefined, null],
      [ada, null],
      [bob, 'buy'],
      [mod, 'buy'],
      [admin, 'buy'],
    ] as const) {
      expect((await list(slug, '', reader)).items).toEqual([expect.objectContaining({ state: 'hidden', body })]);
      const got = (await service.get(`/api/v1/comments/${id}`, { as: reader })).body;
      expect([got.body, got.bodyHtml === null]).toEqual([body, body === null]);
    }
    expect((await say(slug, 'more', { parentId: id })).status).toBe(409);
    expect(await countOf(slug)).toBe(0);
    expect((await unhide(id)).body).toMatchObject({ state: 'visible', hiddenReason: null });
    expect((await unhide(id)).body.code).toBe('blog.comment-state-conflict');
    expect(await countOf(slug)).toBe(1);
  });

  test('needs a reason', async () => {
    const { id } = await said(await publish(), 'a');
    const answer = await service.post(`/api/v1/comments/${id}/hide`, { as: mod, body: {} });
    expect(answer.body.errors[0].path).toBe('reason');
  });
});

describe('at once', () => {
  test('thirty comments, their deletion twice each and hiding leave an exact count', async () => {
    const slug = await publish();
    const made = (await atOnce(30, (n) => said(slug, `${n}`))).map(({ id }) => id);
    expect(await countOf(slug)).toBe(30);
    const [deleted, hidden] = [made.slice(0, 10), made.slice(10, 20)];
    const work = [
      ...deleted.flatMap((id) => [remove(id), remove(id, mod)]),
      ...hidden.flatMap((id) => [hide(id), hide(id, admin)]),
      ...Array.from({ length: 10 }, (_, n) => say(slug, `more ${n}`)),
    ];
    const answers = await Promise.all(work);
    expect(statuses(answers.slice(0, 20))).toEqual([...Array(10).fill(204), ...Array(10).fill(404)]);
    expect(statuses(answers.slice(20, 40))).toEqual([...Array(10).fill(200), ...Array(10).fill(409)]);
    const visible = (await list(slug, '?limit=100')).items.filter(({ state }) => state === 'visible');
    expect([visible.length, await countOf(slug)]).toEqual([20, 20]);
    await Promise.all(hidden.flatMap((id) => [unhide(id), remove(id)]));
    expect(await countOf(slug)).toBe(20);
  });

  test('hiding against deleting counts one of them', async () => {
    const slug = await publish();
    await atOnce(15, async (n) => {
      const { id } = await said(slug, `${n}`);
      await Promise.all([hide(id), remove(id), unhide(id)]);
    });
    await said(slug, 'stays');
    const visible = (await list(slug, '?limit=100')).items.filter(({ state }) => state === 'visible');
    expect([visible.length, await countOf(slug)]).toEqual([1, 1]);
  });

  test('a comment and the end of its post: nothing is written after it', async () => {
    await atOnce(8, async (n) => {
      const slug = await publish();
      const end = () =>
        n % 2
          ? service.post(`/api/v1/posts/${slug}/unpublish`, { as: ada })
          : service.delete(`/api/v1/posts/${slug}`, { as: ada });
      const [ended, ...comments] = await Promise.all([end(), ...Array.from({ length: 5 }, () => say(slug, 'a'))]);
      expect(ended!.status).toBeLessThan(300);
      for (const { status } of comments) expect([201, 404]).toContain(status);
      expect((await say(slug, 'after')).status).toBe(404);
      if (n % 2) expect(await countOf(slug)).toBe(comments.filter(({ status }) => status === 201).length);
    });
  });

  test('a reply and the deletion of its parent: no reply without a place, no place without a reply', async () => {
    const slug = await publish();
    await atOnce(15, async (n) => {
      const { id } = await said(slug, `${n}`);
      const [reply, deleted] = await Promise.all([say(slug, 'reply', { parentId: id }), remove(id)]);
      expect([reply!.status, deleted!.status]).toEqual([expect.any(Number), 204]);
      expect([201, 400, 409]).toContain(reply!.status);
      const parent = await service.get(`/api/v1/comments/${id}`);
      expect(parent.status).toBe(reply!.status === 201 ? 200 : 404);
    });
  });

  test('the last two replies of a deleted comment take it with them', async () => {
    const slug = await publish();
    await atOnce(10, async () => {
      const { id } = await said(slug, 'top');
      const replies = await atOnce(2, (n) => said(slug, `${n}`, { parentId: id }));
      await remove(id);
      await Promise.all(replies.map((reply) => remove(reply.id)));
      expect((await service.get(`/api/v1/comments/${id}`)).status).toBe(404);
    });
    expect(await countOf(slug)).toBe(0);
  });
});

describe('GraphQL', () => {
  const ask = async (query: string, as?: Someone) => (await service.post('/graphql', { as, body: { query } })).body;
  const add = (slug: string, body: string, rest = '', as: Someone | undefined = bob) =>
    ask(`mutation { addComment(slug: "${slug}", body: "${body}"${rest}) { id body depth createdAt } }`, as);

  test('is a second door to the same handler and list', async () => {
    const slug = await publish();
    const { data } = await add(slug, 'first');
    await add(slug, 'reply', `, parentId: "${data.addComment.id}"`);
    const hidden = await said(slug, 'buy');
    await hide(hidden.id);
    const list = `comments(first: 10) { edges { node { body depth state } } pageInfo { hasNextPage } }`;
    const seen = await ask(`{ post(slug: "${slug}") { commentCount ${list} } }`);
    expect(seen.data.post).toEqual({
      commentCount: 2,
      comments: {
        edges: [
          { node: { body: 'first', depth: 1, state: 'VISIBLE' } },
          { node: { body: 'reply', depth: 2, state: 'VISIBLE' } },
          { node: { body: null, depth: 1, state: 'HIDDEN' } },
        ],
        pageInfo: { hasNextPage: false },
      },
    });
  });

  test('replays by idempotencyKey', async () => {
    const slug = await publish();
    const first = await add(slug, 'once', ', idempotencyKey: "k"');
    expect(await add(slug, 'once', ', idempotencyKey: "k"')).toEqual(first);
    const reused = await add(slug, 'other', ', idempotencyKey: "k"');
    expect(reused.errors[0].extensions.code).toBe('request.idempotency-key-reused');
    const bad = await add(slug, 'other', ', idempotencyKey: "a b"');
    expect(bad.errors[0].extensions.errors[0].path).toBe('idempotencyKey');
    expect(await countOf(slug)).toBe(1);
  });

  test('validates, and needs a token to write', async () => {
    const slug = await publish();
    expect((await add(slug, '')).errors[0].extensions.errors[0].path).toBe('body');
    const stranger = await ask(`mutation { addComment(slug: "${slug}", body: "a") { id } }`);
    expect(stranger.errors[0].extensions.status).toBe(401);
    const { errors } = await ask(`{ post(slug: "${slug}") { comments(first: 1000) { pageInfo { endCursor } } } }`);
    expect(errors[0].extensions.errors[0].path).toBe('first');
  });
});
