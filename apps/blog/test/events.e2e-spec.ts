import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MAX_TOKEN_SECONDS } from '@cairn/auth';
import {
  commentAdded,
  postDeleted,
  postPublished,
  postUnpublished,
  userChanged,
  userDeleted,
} from '@cairn/contracts/events';
import { AnotherService, BROKER } from '@cairn/messaging/testing';
import { eventually, startService, untilAnswered, type RunningService, type Someone } from '@cairn/testing';
import { DataSource } from 'typeorm';
import { blog } from '../src/app.module.ts';
import { EraseUsersJob } from '../src/erasures/erase-users/erase-users.job.ts';

let service: RunningService;
let identity: AnotherService;
let others: AnotherService;
let ada: Someone, bob: Someone;

beforeAll(async () => {
  service = await startService(blog);
  [ada, bob] = await Promise.all([service.someone('author'), service.someone('author')]);
  identity = new AnotherService(service.app.get(BROKER), 'identity');
  others = new AnotherService(service.app.get(BROKER));
  await others.hear(postPublished, postUnpublished, postDeleted, commentAdded);
});
afterAll(() => service.stop());

const write = async (as: Someone, title: string) =>
  (await service.post('/api/v1/posts', { as, body: { title, body: 'Body' } })).body as { id: string; slug: string };
const publish = (as: Someone, slug: string, body?: object) =>
  service.post(`/api/v1/posts/${slug}/publish`, { as, ...(body && { body }) });
const published = async (as: Someone, title: string) => {
  const post = await write(as, title);
  await publish(as, post.slug);
  return post;
};
const say = async (as: Someone, slug: string, parentId?: string): Promise<string> => {
  const body = { body: 'Words', parentId };
  return (await untilAnswered(() => service.post(`/api/v1/posts/${slug}/comments`, { as, body }))).body.id;
};
const heardOf = (postId: string) =>
  others.heard.filter(({ subject }) => subject === postId).map(({ type, data }) => ({ type, data }));

describe('what is told', () => {
  test('each thing that others may see, once and in order; a refused or repeated request tells nothing', async () => {
    const post = await write(ada, 'Told');
    const names = { postId: post.id, slug: post.slug, authorId: ada.id };
    await Promise.all([1, 2, 3].map(() => publish(ada, post.slug))); // one of them publishes
    const first = await say(bob, post.slug);
    const reply = await say(ada, post.slug, first);
    await say(bob, post.slug, '01980000-0000-7000-8000-000000000000'); // 400
    await service.post(`/api/v1/posts/${post.slug}/unpublish`, { as: ada });
    await service.delete(`/api/v1/posts/${post.slug}`, { as: ada });
    const about = { postId: post.id, postSlug: post.slug, postAuthorId: ada.id };
    await eventually(() =>
      expect(heardOf(post.id)).toEqual([
        { type: postPublished.type, data: { ...names, title: 'Told', publishedAt: expect.any(String) } },
        {
          type: commentAdded.type,
          data: { ...about, commentId: first, authorId: bob.id, parentCommentId: null, parentCommentAuthorId: null },
        },
        {
          type: commentAdded.type,
          data: { ...about, commentId: reply, authorId: ada.id, parentCommentId: first, parentCommentAuthorId: bob.id },
        },
        { type: postUnpublished.type, data: names },
        { type: postDeleted.type, data: names },
      ]),
    );
  });

  test('a scheduled post when its time has come, by whichever instance', async () => {
    const post = await write(ada, 'Later');
    await publish(ada, post.slug, { at: new Date(Date.now() + 300).toISOString() });
    await eventually(() => expect(heardOf(post.id)).toMatchObject([{ type: postPublished.type }]));
  });

  test('of a draft that is deleted nobody hears', async () => {
    const draft = await write(ada, 'Nobody knows');
    await service.delete(`/api/v1/posts/${draft.slug}`, { as: ada });
    const next = await published(ada, 'Everybody knows');
    await eventually(() => expect(heardOf(next.id)).toHaveLength(1));
    expect(heardOf(draft.id)).toEqual([]);
  });
});

describe('what is reacted to', () => {
  test('a changed name shows at once, a deleted author has none', async () => {
    const author = await service.someone('author');
    service.identity.users.set(author.id, { username: 'before' });
    const { slug } = await published(author, 'By somebody');
    const shown = async () => (await service.get(`/api/v1/posts/${slug}`)).body.author;
    expect(await shown()).toMatchObject({ username: 'before' });
    service.identity.users.set(author.id, { username: 'after' });
    const profile = { userId: author.id, displayName: null, avatarUrl: null };
    await identity.publish(userChanged, { ...profile, username: 'after', roles: ['author'], suspended: false });
    await eventually(async () => expect(await shown()).toMatchObject({ username: 'after' }));
    service.identity.users.delete(author.id);
    await identity.publish(userDeleted, { userId: author.id });
    await eventually(async () => expect(await shown()).toMatchObject({ username: null, deleted: true }));
  });

  test('of a deleted user nothing stays but what is published, without the words of comments; told twice it is done once', async () => {
    const leaver = await service.someone('author');
    const kept = await published(leaver, 'Kept');
    const draft = await write(leaver, 'Draft');
    const scheduled = await write(leaver, 'Scheduled');
    await publish(leaver, scheduled.slug, { at: new Date(Date.now() + 3_600_000).toISOString() });
    const elsewhere = await published(ada, 'Elsewhere');
    const answered = await say(leaver, elsewhere.slug);
    await say(bob, elsewhere.slug, answered);
    await say(leaver, elsewhere.slug);
    for (const as of [leaver, bob]) await service.put(`/api/v1/posts/${elsewhere.slug}/like`, { as });

    await Promise.all([1, 2].map(() => identity.publish(userDeleted, { userId: leaver.id })));

    const get = (slug: string) => service.get(`/api/v1/posts/${slug}`, { as: leaver });
    // One after the other: the comments, the likes, then the posts in their order.
    await eventually(async () => expect((await get(scheduled.slug)).status).toBe(404));
    expect((await get(draft.slug)).status).toBe(404);
    expect((await get(kept.slug)).status).toBe(200);
    expect((await get(elsewhere.slug)).body).toMatchObject({ likeCount: 1, commentCount: 1 });
    const { items } = (await service.get(`/api/v1/posts/${elsewhere.slug}/comments`)).body;
    expect(items).toMatchObject([
      { id: answered, state: 'deleted', body: null },
      { authorId: bob.id, body: 'Words' },
    ]);
  });

  test('none of their comments is counted twice or stays, whoever hides and shows them meanwhile', async () => {
    const [leaver, mod] = await Promise.all([service.someone('author'), service.someone('moderator')]);
    const { slug } = await published(ada, 'Busy');
    const ids = await Promise.all(Array.from({ length: 20 }, () => say(leaver, slug)));
    const stays = await say(bob, slug);
    const act = (what: 'hide' | 'unhide', id: string) =>
      untilAnswered(() => service.post(`/api/v1/comments/${id}/${what}`, { as: mod, body: { reason: 'Spam' } }));

    await identity.publish(userDeleted, { userId: leaver.id });
    await Promise.all(
      ids.map(async (id) => {
        for (let n = 0; (await act(n % 2 ? 'unhide' : 'hide', id)).status !== 404;) n++;
      }),
    );

    expect((await service.get(`/api/v1/posts/${slug}`)).body.commentCount).toBe(1);
    expect((await service.get(`/api/v1/posts/${slug}/comments`)).body.items).toMatchObject([{ id: stays }]);
  }, 60_000);

  test('what a deleted user writes while their token is not known to be revoked goes when no token is alive', async () => {
    const leaver = await service.someone('author');
    const query = (text: string, ...values: unknown[]): Promise<{ passes: number }[]> =>
      service.app.get(DataSource).query(text, [leaver.id, ...values]);
    const passes = async () =>
      (await query('SELECT passes FROM erasures WHERE user_id = $1')).map(({ passes }) => passes);
    const makeDue = () => query('UPDATE erasures SET due_at = now() WHERE user_id = $1');
    await identity.publish(userDeleted, { userId: leaver.id });
    await eventually(async () => expect(await passes()).toEqual([1]));
    await makeDue();
    const job = service.app.get(EraseUsersJob);
    await Promise.all([job.run(), job.run(), job.run()]); // that several make a pass does not spare the next one
    expect(await passes()).toEqual([2]);
    const draft = await write(leaver, 'Late draft');
    const lasts = `SELECT due_at > now() + $2 * interval '1 second' AS "lasts" FROM erasures WHERE user_id = $1`;
    expect(await query(lasts, MAX_TOKEN_SECONDS)).toEqual([{ lasts: true }]);
    await makeDue();
    await eventually(async () => expect(await passes()).toEqual([]));
    expect((await service.get(`/api/v1/posts/${draft.slug}`, { as: leaver })).status).toBe(404);
  });
});
