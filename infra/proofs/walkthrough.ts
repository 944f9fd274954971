import { workspace } from '@cairn/local/workspace';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { curl, expectStatus, type CurlAnswer } from './curl.ts';
import { followVisits } from './follow-visits.ts';
import type { Proof } from './proof.ts';
import type { StartedSystem } from '@cairn/local/started-system';
import { until } from '@cairn/local/until';

const PAGE = 'docs/adr/0013-password-hashing.md';
const REVOKED_WITHIN_MS = 1_000;

/** What a newcomer does with curl, from signing up to signing out. */
export const walkthrough: Proof = {
  name: 'walkthrough',
  async prove(system) {
    const api = `${system.gateway}/api/v1`;
    const unique = `w${randomBytes(5).toString('hex')}`;
    const author = await newUser(api, `${unique}_a`);
    const stranger = await newUser(api, `${unique}_s`);

    // A real page becomes a post, and only its author sees the draft.
    const title = `Walkthrough ${unique}`;
    const body = readFileSync(path.join(workspace, PAGE), 'utf8');
    const created = await curl([`${api}/posts`, ...author.bearer], { title, body });
    expectStatus(created, 201, 'create a post');
    const { slug } = created.json<{ slug: string }>();
    const post = `${api}/posts/${slug}`;
    assert.equal(created.headers.location, `/api/v1/posts/${slug}`);
    expectStatus(await curl([post, ...stranger.bearer]), 404, "read a stranger's draft");
    expectStatus(await curl([post]), 404, 'read a draft without signing in');
    expectStatus(await curl([`${post}/publish`, ...author.bearer], {}), 200, 'publish');

    const commented = await curl([`${post}/comments`, ...stranger.bearer], { body: 'Read with **interest**.' });
    expectStatus(commented, 201, 'comment as somebody else');
    const comments = await curl([`${post}/comments`]);
    expectStatus(comments, 200, 'read the comments');
    assert.equal(comments.json<{ items: { body: string }[] }>().items[0]?.body, 'Read with **interest**.');

    const found = await curl(['--get', `${api}/posts`, '--data-urlencode', `q=${unique}`]);
    expectStatus(found, 200, 'search');
    assert.deepEqual(slugs(found), [slug], 'the search finds the post and nothing else');

    // Another title, another slug; the old one leads there for ever.
    const { etag } = (await curl([post])).headers;
    assert.ok(etag, 'a post has an ETag');
    const edit = (bearer: readonly string[]) =>
      curl([post, '--request', 'PATCH', '--header', `If-Match: ${etag}`, ...bearer], { title: `Renamed ${unique}` });
    expectStatus(await edit(stranger.bearer), 403, "edit a stranger's post");
    const renamed = await edit(author.bearer);
    expectStatus(renamed, 200, 'change the title');
    const newSlug = renamed.json<{ slug: string }>().slug;
    assert.notEqual(newSlug, slug);
    const moved = await curl([post]);
    expectStatus(moved, 301, 'the old slug');
    assert.equal(moved.headers.location, `/api/v1/posts/${newSlug}`);
    const followed = await curl(['--location', post]);
    expectStatus(followed, 200, 'follow the old slug');
    assert.equal(followed.json<{ body: string }>().body, body);
    await sameByGraphql(system, newSlug, `Renamed ${unique}`);

    const seen = await followVisits(system.gateway, author.bearer);
    await logOut(api, author.bearer);
    return `signed up, wrote, published, commented, searched, renamed, refused strangers, ${seen}, signed out`;
  },
};

async function newUser(api: string, username: string) {
  const password = `${username} walks the path`;
  const account = { username, email: `${username}@example.com`, password };
  expectStatus(await curl([`${api}/users`], account), 201, 'sign up');
  const session = await curl([`${api}/sessions`], { login: username, password });
  expectStatus(session, 201, 'log in');
  const { accessToken } = session.json<{ accessToken: string }>();
  return { bearer: ['--header', `Authorization: Bearer ${accessToken}`] };
}

/** The gateway does not route the subgraphs. */
async function sameByGraphql(system: StartedSystem, slug: string, title: string) {
  const query = 'query ($slug: String!) { post(slug: $slug) { slug title state author { id } } }';
  const answer = await curl([`${system.origin('blog')}/graphql`], { query, variables: { slug } });
  expectStatus(answer, 200, 'read by GraphQL');
  const { data } = answer.json<{ data: { post: { slug: string; title: string } } }>();
  assert.equal(data?.post?.title, title, answer.text);
}

/** The access token would be good for minutes yet; it is refused everywhere within a second. */
async function logOut(api: string, bearer: readonly string[]) {
  const draft = () => curl([`${api}/posts?state=draft`, ...bearer]);
  const me = () => curl([`${api}/users/me`, ...bearer]);
  expectStatus(await draft(), 200, 'blog takes the token');
  expectStatus(await me(), 200, 'identity takes the token');
  expectStatus(await curl([`${api}/sessions/current`, '--request', 'DELETE', ...bearer]), 204, 'log out');
  const refused = async () => (await draft()).status === 401 && (await me()).status === 401;
  await until('blog and identity refuse the token after logging out', REVOKED_WITHIN_MS, refused, 10);
}

const slugs = (answer: CurlAnswer) => answer.json<{ items: { slug: string }[] }>().items.map(({ slug }) => slug);
