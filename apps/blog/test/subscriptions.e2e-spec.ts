import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { commentAdded, postPublished } from '@cairn/contracts/events';
import { Broadcasts } from '@cairn/messaging';
import { AnotherService, BROKER } from '@cairn/messaging/testing';
import { eventually, follow, revoke, startService, statementsDuring, type Followed, type RunningService, type Someone } from '@cairn/testing'; // prettier-ignore
import { blog } from '../src/app.module.ts';

let service: RunningService;
let events: AnotherService;
let ada: Someone, bob: Someone, moderator: Someone;
const open: Followed[] = [];

beforeAll(async () => {
  service = await startService(blog);
  events = new AnotherService(service.app.get(BROKER), 'blog');
  [ada, bob, moderator] = await Promise.all([
    service.someone('author'),
    service.someone('author'),
    service.someone('moderator'),
  ]);
});
afterEach(async () => {
  for (const each of open.splice(0)) each.leave();
  await eventually(() => expect(listeners()).toBe(0));
});
afterAll(() => service.stop());

const listeners = (of = service) =>
  [postPublished, commentAdded]
    .map(({ type }) => (of.app.get(Broadcasts) as unknown as Internals).listeners.get(type)?.size ?? 0)
    .reduce((sum, each) => sum + each, 0);
interface Internals {
  readonly listeners: ReadonlyMap<string, ReadonlySet<unknown>>;
}

async function subscribe(query: string, as?: Someone, variables?: object, of = service): Promise<Followed> {
  const followed = await follow(`${of.url}/graphql/stream`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      ...(as && { authorization: as.authorization }),
    },
    body: JSON.stringify({ query, variables }),
  });
  open.push(followed);
  return followed;
}
const comments = (as?: Someone, slug?: string, of = service) =>
  subscribe('subscription ($slug: String) { commentAdded(slug: $slug) { id body author { id } post { slug } } }', as, { slug }, of); // prettier-ignore
const shown = ({ results }: Followed) => results.map(({ data }) => data?.commentAdded?.body);

const write = async (title: string, as = ada) =>
  (await service.post('/api/v1/posts', { as, body: { title, body: 'Body' } })).body as { id: string; slug: string };
const publish = (slug: string, as = ada) => service.post(`/api/v1/posts/${slug}/publish`, { as });
async function published(title: string, as = ada) {
  const post = await write(title, as);
  await publish(post.slug, as);
  return post;
}
const say = async (slug: string, body: string, as = bob) =>
  (await service.post(`/api/v1/posts/${slug}/comments`, { as, body: { body } })).body.id as string;

test('two readers, of one post and of all: each is shown what is theirs, as the graph has it', async () => {
  const [one, other] = [await published('One'), await published('Other')];
  const [ofAll, ofOne] = [await comments(), await comments(ada, one.slug)];
  expect(ofAll.status).toBe(200);
  expect(ofAll.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  await say(one.slug, 'first');
  await say(other.slug, 'second');
  await say(one.slug, 'third');
  await eventually(() => expect(shown(ofOne)).toEqual(['first', 'third']));
  await eventually(() => expect(shown(ofAll).sort()).toEqual(['first', 'second', 'third']));
  expect(ofOne.results[0].data.commentAdded).toMatchObject({ author: { id: bob.id }, post: { slug: one.slug } });
});

describe('nobody is shown what they may not read', () => {
  test('of a draft nothing, and it is not said that there is one; of what is not there nothing either', async () => {
    const draft = await write('Draft');
    for (const as of [undefined, bob]) {
      const refused = await comments(as, draft.slug);
      await eventually(() => expect(JSON.parse(refused.text)).toMatchObject({ errors: [{ extensions: { code: 'blog.post-not-found', status: 404 } }] })); // prettier-ignore
    }
    expect((await comments(ada, draft.slug)).headers.get('content-type')).toContain('event-stream');
    const nowhere = await comments(undefined, 'nowhere');
    await eventually(() => expect(JSON.parse(nowhere.text).errors[0].extensions.status).toBe(404));
  });

  test('what was hidden, deleted or taken down before its turn came is passed over, but for who may read it still', async () => {
    const [post, gone] = [await published('Turns'), await published('Taken down')];
    const [strangers, moderators, authors] = [await comments(), await comments(moderator), await comments(bob)];
    const [hidden, deleted, below] = [await say(post.slug, 'hidden'), await say(post.slug, 'deleted'), await say(gone.slug, 'below')]; // prettier-ignore
    const all = [strangers, moderators, authors];
    for (const each of all) await eventually(() => expect(shown(each)).toHaveLength(3));
    await service.post(`/api/v1/comments/${hidden}/hide`, { as: moderator, body: { reason: 'Spam' } });
    await service.delete(`/api/v1/comments/${deleted}`, { as: bob });
    await service.post(`/api/v1/posts/${gone.slug}/unpublish`, { as: ada });
    // The same events, when they come late.
    const about = { postAuthorId: ada.id, authorId: bob.id, parentCommentId: null, parentCommentAuthorId: null };
    for (const [commentId, { id, slug }] of [
      [hidden, post],
      [deleted, post],
      [below, gone],
    ] as const)
      await events.publish(commentAdded, { ...about, commentId, postId: id, postSlug: slug });
    await say(post.slug, 'last');
    for (const each of all) await eventually(() => expect(shown(each).at(-1)).toBe('last'));
    expect(all.map((each) => shown(each).slice(3))).toEqual([['last'], ['hidden', 'last'], ['hidden', 'last']]);
  });

  test('a published post is shown, one that is a draft again is not, not even to its author', async () => {
    const ids = ({ results }: Followed) => results.map(({ data }) => data.postPublished.title);
    const readers = [undefined, bob, ada].map((as) => subscribe('subscription { postPublished { title state } }', as));
    const [stranger, other, author] = (await Promise.all(readers)) as [Followed, Followed, Followed];
    const post = await write('Up and down');
    await publish(post.slug);
    for (const each of [stranger, other, author]) await eventually(() => expect(ids(each)).toEqual(['Up and down']));
    await service.post(`/api/v1/posts/${post.slug}/unpublish`, { as: ada });
    const about = { postId: post.id, slug: post.slug, authorId: ada.id, title: 'Up and down' };
    await events.publish(postPublished, { ...about, publishedAt: new Date().toISOString() });
    await published('Next');
    for (const each of [stranger, other, author])
      await eventually(() => expect(ids(each)).toEqual(['Up and down', 'Next']));
  });
});

describe('who listens', () => {
  test('with a token that is none does not', async () => {
    const refused = await comments({ id: '', authorization: 'Bearer a.b.c' });
    await eventually(() => expect(JSON.parse(refused.text)).toMatchObject({ errors: [{ extensions: { status: 401 } }] })); // prettier-ignore
    expect(listeners()).toBe(0);
  });

  test('who leaves leaves no listener behind, also before there was anything to hear', async () => {
    const followed = [await comments(), await comments(ada), await subscribe('subscription { postPublished { id } }')];
    expect(listeners()).toBe(3);
    followed[0]!.leave();
    await eventually(() => expect(listeners()).toBe(2));
    const leaving = new AbortController();
    const request = fetch(`${service.url}/graphql/stream`, { method: 'POST', signal: leaving.signal, headers: { 'content-type': 'application/json', accept: 'text/event-stream' }, body: '{"query":"subscription { postPublished { id } }"}' }); // prettier-ignore
    setImmediate(() => leaving.abort());
    await request.catch(() => undefined);
    for (const each of followed) each.leave();
    await eventually(() => expect(listeners()).toBe(0));
  });

  test('a session that is ended and a token that runs out end it within a second, and are shown nothing more', async () => {
    const [leaver, brief] = [await service.someone(), await service.someoneFor(2)];
    const [revoked, ranOut, stays] = [await comments(leaver), await comments(brief), await comments()];
    await revoke(service.redis, leaver);
    await eventually(() => expect(revoked.hasEnded).toBe(true), 1_000);
    expect(revoked.results).toMatchObject([{ data: null, errors: [{ extensions: { status: 401 } }] }]);
    await eventually(() => expect(ranOut.hasEnded).toBe(true));
    expect(ranOut.events).toEqual(['next', 'complete']);
    expect(listeners()).toBe(1);
    await say((await published('After')).slug, 'after');
    await eventually(() => expect(shown(stays)).toEqual(['after']));
  });

  test('strangers, however many, are one statement for an event', async () => {
    const post = await published('Popular');
    const crowd = await Promise.all(Array.from({ length: 20 }, () => subscribe('subscription { commentAdded { body } }'))); // prettier-ignore
    const statements = await statementsDuring(async () => {
      await say(post.slug, 'to all');
      for (const each of crowd) await eventually(() => expect(shown(each)).toEqual(['to all']));
    });
    expect(statements.filter((text) => text.includes('json_build_object'))).toHaveLength(1);
  });

  test('a service that stops lets go of its streams first, without saying that they are complete', async () => {
    const own = await startService(blog);
    const followed = await comments(undefined, undefined, own);
    await own.stop(); // else the server would wait for the stream, and the test in vain
    await eventually(() => expect([followed.hasEnded, followed.events]).toEqual([true, []]));
  });
});

describe('the door', () => {
  test.each([
    ['no query', '', 400],
    ['a query', '{ tags { edges { node { tag } } } }', 'http.bad-request'],
    ['what is not there', 'subscription { commentRemoved { id } }', 'http.bad-request'],
    ['two at once', 'subscription { commentAdded { id } postPublished { id } }', 'http.bad-request'],
    [
      'too deep',
      `subscription { commentAdded { ${'parent { '.repeat(15)}id${' }'.repeat(15)} } }`,
      'graphql.query-too-large',
    ],
    [
      'too many items',
      'subscription { postPublished { comments(first: 100) { edges { node { post { comments(first: 100) { edges { node { post { comments { edges { node { id } } } } } } } } } } } } }',
      'graphql.query-too-large',
    ],
    ['no GraphQL', '{{{', 'http.bad-request'],
  ])('%s is refused before anything is done', async (_, query, expected) => {
    const refused = await subscribe(query);
    await eventually(() => expect(refused.hasEnded).toBe(true));
    const answer = JSON.parse(refused.text);
    if (typeof expected === 'number') expect(refused.status).toBe(expected);
    else expect(answer.errors.map(({ extensions }: any) => extensions.code)).toContain(expected); // eslint-disable-line @typescript-eslint/no-explicit-any
    expect(listeners()).toBe(0);
  });

  test('subscriptions are not for the door of queries, nor streams for who does not say so', async () => {
    const { body } = await service.post('/graphql', { body: { query: 'subscription { commentAdded { id } }' } });
    expect(body.errors[0].message).toContain('/graphql/stream');
    const { status } = await service.post('/graphql/stream', {
      body: { query: 'subscription { commentAdded { id } }' },
    });
    expect(status).toBe(406);
    expect(listeners()).toBe(0);
  });
});
