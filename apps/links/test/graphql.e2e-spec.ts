import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startService, statementsDuring, type RunningService, type Someone } from '@cairn/testing';
import { links } from '../src/app.module.ts';

let service: RunningService;
let ada: Someone, bob: Someone, moderator: Someone;

beforeAll(async () => {
  service = await startService(links);
  [ada, bob, moderator] = await Promise.all([
    service.someone('author'),
    service.someone('author'),
    service.someone('moderator'),
  ]);
});
afterAll(() => service.stop());

const ask = async (query: string, variables: object = {}, as?: Someone) =>
  (await service.post('/graphql', { ...(as && { as }), body: { query, variables } })).body;
const made = async (body: object, as = ada): Promise<{ id: string; code: string }> =>
  (await service.post('/api/v1/links', { as, body })).body;

test('a link is what REST says of it, for those who may see it', async () => {
  const { id, code } = await made({
    targets: [{ url: 'https://a.example/', weight: 2 }, { url: 'https://b.example/' }], // prettier-ignore
    rules: [{ country: 'AT', url: 'https://at.example/' }],
    utm: { source: 'mail' },
    expiresAt: '2040-01-01T00:00:00Z',
  });
  const query = `query ($code: String!) { link(code: $code) {
    id shortUrl url status state expiresAt hasPassword owner { id } utm { source medium }
    targets { url weight } rules { device country url } } }`;
  expect((await ask(query, { code }, ada)).data.link).toEqual({
    id,
    shortUrl: `https://go.example.org/s/${code}`,
    url: 'https://a.example/',
    status: 302,
    state: 'ACTIVE',
    expiresAt: '2040-01-01T00:00:00.000Z',
    hasPassword: false,
    owner: { id: ada.id },
    utm: { source: 'mail', medium: null },
    targets: [{ url: 'https://a.example/', weight: 2 }, { url: 'https://b.example/', weight: 1 }], // prettier-ignore
    rules: [{ device: null, country: 'AT', url: 'https://at.example/' }],
  });
  expect((await ask(query, { code }, bob)).errors[0].extensions.code).toBe('links.link-not-found');
  expect((await ask(query, { code })).errors[0].extensions.status).toBe(401);
});

test('references by id are answered as far as their reader may see, nonsense with null', async () => {
  const [own, other] = [await made({ url: 'https://example.org' }), await made({ url: 'https://example.org' }, bob)];
  const all = [own.id, other.id, 'nonsense'].map((id) => ({ __typename: 'Link', id }));
  const query = 'query ($all: [_Any!]!) { _entities(representations: $all) { ... on Link { code } } }';
  const found = async (as?: Someone) => (await ask(query, { all }, as)).data._entities;
  expect(await found(ada)).toEqual([{ code: own.code }, null, null]);
  expect(await found(moderator)).toEqual([{ code: own.code }, { code: other.code }, null]);
  expect(await found()).toEqual([null, null, null]);
});

test('the links of users are their own to see, page by page, those of twenty users in one statement', async () => {
  const carol = await service.someone('author');
  for (const code of ['c-one', 'c-two', 'c-three']) await made({ url: 'https://example.org', code }, carol);
  const query = `query ($all: [_Any!]!, $after: String) { _entities(representations: $all) { ... on User {
    id links(first: 2, after: $after) { edges { cursor node { code } } pageInfo { hasNextPage endCursor } } } } }`;
  const all = [{ __typename: 'User', id: carol.id }, ...Array.from({ length: 19 }, (_, n) => ({ __typename: 'User', id: `01980000-0000-7000-8000-0000000000${n + 10}` }))]; // prettier-ignore
  const first = (await ask(query, { all }, carol)).data._entities[0].links;
  expect(first.edges.map(({ node }: { node: { code: string } }) => node.code)).toEqual(['c-three', 'c-two']);
  const rest = (await ask(query, { all, after: first.pageInfo.endCursor }, carol)).data._entities[0].links;
  expect(rest).toMatchObject({ edges: [{ node: { code: 'c-one' } }], pageInfo: { hasNextPage: false } });
  expect((await ask(query, { all }, bob)).data._entities[0].links.edges).toEqual([]);
  expect((await ask(query, { all }, moderator)).data._entities[0].links.edges).toHaveLength(2);
  const statements = await statementsDuring(() => ask(query, { all }, carol));
  expect(statements.filter((text) => text.includes('FROM links'))).toHaveLength(1);
});
