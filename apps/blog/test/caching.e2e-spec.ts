import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { userChanged, userDeleted } from '@cairn/contracts/events';
import { AnotherService, BROKER } from '@cairn/messaging/testing';
import {
  createTestDatabase,
  createTestRedis,
  eventually,
  markRevocationsComplete,
  startService,
  statementsDuring,
  wayTo,
  type RunningService,
  type Someone,
  type TestDatabase,
  type TestRedis,
} from '@cairn/testing';
import { blog } from '../src/app.module.ts';
import { PostCache } from '../src/posts/post-cache.service.ts';
import { PostViews } from '../src/posts/post-views.query.ts';

/* Two instances of blog on one database and one Redis. Writes are made at `one`. */

const SOON_MS = 1_000;
let database: TestDatabase;
let redis: TestRedis;
let way: Awaited<ReturnType<typeof wayTo>>;
let one: RunningService, other: RunningService;
let ada: Someone;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  await markRevocationsComplete(redis);
  way = await wayTo(redis.url);
  await blog.migrate({ DATABASE_URL: database.url, DATABASE_OWNER_URL: database.ownerUrl });
  const shared = {
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    CACHE_PATIENCE_MS: '5000', // a busy machine is not an absent Redis
  };
  one = await startService(blog, shared);
  other = await startService(blog, { ...shared, REDIS_URL: way.url, CACHE_ALONE_MS: '200' });
  ada = await one.someone('author');
});
afterAll(async () => {
  await Promise.all([one, other].map((service) => service.stop()));
  await way.close();
  await Promise.all([database.drop(), redis.drop()]);
});

const path = (slug: string) => `/api/v1/posts/${slug}`;
const draft = async (title: string, as = ada) =>
  (await one.post('/api/v1/posts', { as, body: { title, body: 'Body' } })).body as { id: string; slug: string };
const publish = async (title: string, as = ada) => {
  const post = await draft(title, as);
  await one.post(`${path(post.slug)}/publish`, { as });
  return post;
};
const rename = (slug: string, title: string) =>
  one.patch(path(slug), { as: ada, body: { title }, headers: { 'if-match': '*' } });

describe('what has been read', () => {
  test('is read again without a statement, by any instance: the post, by an old slug too, and the front page', async () => {
    const { slug } = await publish('Read twice');
    await rename(slug, 'Read again');
    const read = async (service: RunningService) => {
      const post = await service.get(path('read-again'));
      expect([post.status, (await service.get(path(slug))).status]).toEqual([200, 301]);
      const list = await service.get('/api/v1/posts?limit=7');
      expect(list.body.items[0]).toMatchObject({ slug: 'read-again', title: 'Read again' });
      const { body: unchanged, status } = await service.get(path('read-again'), {
        headers: { 'if-none-match': post.headers.get('etag')! },
      });
      expect([status, unchanged]).toEqual([304, '']);
      return [post.body, list.body];
    };
    const first = await read(one);
    expect(await statementsDuring(async () => expect(await read(one)).toEqual(first))).toEqual([]);
    expect(
      await statementsDuring(async () => {
        const [post, list] = await read(other);
        // The stand-in identities of the two do not share their people.
        expect([post.bodyHtml, list.nextCursor]).toEqual([first[0].bodyHtml, first[1].nextCursor]);
      }),
    ).toEqual([]);
  });

  test('is for whom it was for before: a draft that its author has read is a 404 for others', async () => {
    const { slug } = await draft('Read by its author');
    expect((await one.get(path(slug), { as: ada })).status).toBe(200);
    const reader = await one.someone('reader');
    const statements = await statementsDuring(async () => {
      expect([(await one.get(path(slug))).status, (await one.get(path(slug), { as: reader })).status]).toEqual([
        404, 404,
      ]);
      expect((await one.get(path(slug), { as: ada })).status).toBe(200);
    });
    expect(statements).toEqual([]);
  });

  test('what is not there is looked for every time', async () => {
    expect((await one.get(path('not-yet'))).status).toBe(404);
    await publish('Not yet');
    expect((await one.get(path('not-yet'))).status).toBe(200);
  });
});

describe('a write', () => {
  interface Write {
    readonly begin?: (slug: string, as: Someone) => Promise<unknown>;
    readonly write: (slug: string, as: Someone) => Promise<unknown>;
    readonly shows: object;
  }
  const like = (slug: string, as: Someone) => one.put(`${path(slug)}/like`, { as });
  const comment = (slug: string, as: Someone) => one.post(`${path(slug)}/comments`, { as, body: { body: 'Words' } });
  const identity = () => new AnotherService(one.app.get(BROKER), 'identity');
  const leave = (as: Someone) => identity().publish(userDeleted, { userId: as.id });
  const withdraw = async (slug: string, as: Someone) => {
    const [{ id }] = (await one.get(`${path(slug)}/comments`)).body.items;
    return one.delete(`/api/v1/comments/${id}`, { as });
  };
  const gone = { status: 404 };

  const writes: Record<string, Write> = {
    'an edit': { write: (slug) => one.patch(path(slug), { as: ada, body: { body: 'New' }, headers: { 'if-match': '*' } }), shows: { body: { body: 'New', version: 3 } } },
    'another title': { write: (slug) => rename(slug, `Renamed ${slug}`), shows: { status: 301 } },
    'taking it back': { write: (slug) => one.post(`${path(slug)}/unpublish`, { as: ada }), shows: gone },
    'its deletion': { write: (slug) => one.delete(path(slug), { as: ada }), shows: gone },
    'a like': { write: like, shows: { body: { likeCount: 1 } } },
    'a like less': { begin: like, write: (slug, as) => one.delete(`${path(slug)}/like`, { as }), shows: { body: { likeCount: 0 } } },
    'a comment': { write: comment, shows: { body: { commentCount: 1 } } },
    'a comment less': { begin: comment, write: withdraw, shows: { body: { commentCount: 0 } } },
  }; // prettier-ignore

  test.each(Object.entries(writes))('%s: who made it sees it at once, elsewhere it shows soon', async (what, { begin, write, shows }) => {
    const { slug } = await publish(`Seen after ${what}`);
    const reader = await one.someone('reader');
    await begin?.(slug, reader);
    for (const service of [one, other, one, other]) expect((await service.get(path(slug))).status).toBe(200);
    await write(slug, reader);
    expect(await one.get(path(slug))).toMatchObject(shows);
    await eventually(async () => expect(await other.get(path(slug))).toMatchObject(shows), SOON_MS);
  }); // prettier-ignore

  test('the front page shows a new post at once, elsewhere soon', async () => {
    const front = async (service: RunningService) => (await service.get('/api/v1/posts?limit=1')).body.items[0]?.title;
    await Promise.all([front(one), front(other)]);
    await publish('Newest of all');
    expect(await front(one)).toBe('Newest of all');
    await eventually(async () => expect(await front(other)).toBe('Newest of all'), SOON_MS);
  });

  test('the likes of somebody who leaves are gone everywhere', async () => {
    const { slug } = await publish('Liked by a leaver');
    const leaver = await one.someone('reader');
    await like(slug, leaver);
    const likes = () => Promise.all([one, other].map(async (each) => (await each.get(path(slug))).body.likeCount));
    expect(await likes()).toEqual([1, 1]);
    await leave(leaver);
    await eventually(async () => expect(await likes()).toEqual([0, 0]));
  });

  test('a read that began before it, and is slow, does not bring the old post back', async () => {
    const { slug } = await publish('Slowly read');
    const { underWay, go } = await slowRead(other, slug); // it has the old one in hand
    await like(slug, await one.someone('reader'));
    go();
    await underWay;
    for (const service of [one, other, one, other])
      expect((await service.get(path(slug))).body).toMatchObject({ likeCount: 1 });
  });

  test('a read that began before there was the post, and is slow, hides it from nobody', async () => {
    const { underWay, go } = await slowRead(one, 'slowly-missed');
    const { slug } = await draft('Slowly missed');
    expect(slug).toBe('slowly-missed');
    const { counts } = one.app.get(PostCache, { strict: false }).bySlug;
    const { waits } = counts;
    const reading = one.get(path(slug), { as: ada }); // waits for its turn to look, not for what the other finds
    await eventually(() => expect(counts.waits).toBeGreaterThan(waits));
    go();
    expect([(await underWay).status, (await reading).status]).toEqual([404, 200]);
  });

  test('of an editor who read an outdated ETag is refused, not lost', async () => {
    const { slug } = await publish('Edited twice');
    const etag = (await other.get(path(slug))).headers.get('etag')!;
    const edit = (body: string) => one.patch(path(slug), { as: ada, body: { body }, headers: { 'if-match': etag } });
    const statuses = (await Promise.all([edit('Hers'), edit('His')])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 412]);
  });
});

test('a renamed author shows everywhere within a second, a deleted one has no name anywhere', async () => {
  const author = await one.someone('author');
  const call = (username?: string) => {
    for (const { identity } of [one, other]) {
      if (username) identity.users.set(author.id, { username });
      else identity.users.delete(author.id);
    }
  };
  call('before');
  const { slug } = await publish('By somebody', author);
  const names = () => Promise.all([one, other].map(async (each) => (await each.get(path(slug))).body.author.username));
  expect(await names()).toEqual(['before', 'before']);
  const identity = new AnotherService(one.app.get(BROKER), 'identity');
  call('after');
  const profile = { userId: author.id, displayName: null, avatarUrl: null, roles: ['author' as const] };
  await identity.publish(userChanged, { ...profile, username: 'after', suspended: false });
  await eventually(async () => expect(await names()).toEqual(['after', 'after']), SOON_MS);
  call(undefined);
  await identity.publish(userDeleted, { userId: author.id });
  await eventually(async () => expect(await names()).toEqual([null, null]), SOON_MS);
});

test('without Redis reads go on, and are late by CACHE_ALONE_MS at most', async () => {
  const { slug } = await publish('Without Redis');
  const likes = async () => {
    const { status, body } = await other.get(path(slug));
    expect(status).toBe(200);
    return body.likeCount as number;
  };
  expect(await likes()).toBe(0);
  way.cut();
  const readiness = async () => (await other.get('/health/ready')).body.dependencies.cache.status;
  await eventually(async () => expect(await readiness()).toBe('unavailable'));
  expect(await likes()).toBe(0);
  await one.put(`${path(slug)}/like`, { as: ada });
  await eventually(async () => expect(await likes()).toBe(1));
  way.restore();
  await eventually(async () => expect(await readiness()).toBe('ok'), 15_000);
  await one.delete(`${path(slug)}/like`, { as: ada });
  await eventually(async () => expect(await likes()).toBe(0), SOON_MS);
});

/** A request for a post that has what the database says, and has not answered yet. */
async function slowRead(service: RunningService, slug: string) {
  const views = service.app.get(PostViews, { strict: false });
  const found = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const slow = jest.spyOn(views, 'bySlug').mockImplementationOnce(async (...asked) => {
    const post = await PostViews.prototype.bySlug.apply(views, asked);
    found.resolve();
    await gate.promise;
    return post;
  });
  const underWay = service.get(path(slug));
  await found.promise;
  slow.mockRestore();
  return { underWay, go: gate.resolve };
}
