import { buildSchema, execute, graphql, parse } from 'graphql';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { compose } from '../src/graph/compose.ts';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@cost", "@listSize"])`;

/** As the services declare their connections. */
const SIZED =
  '@listSize(assumedSize: 20, slicingArguments: ["first"], sizedFields: ["edges"], requireOneSlicingArgument: false)';

const BLOG = `
type Query {
  posts(first: Int = 20, after: String): PostConnection! ${SIZED}
  post(slug: String!): Post
  tags: [String!]!
}
type Mutation { addComment(slug: String!, input: CommentInput!): Comment! }
type Subscription { commentAdded(slug: String): Comment! }
input CommentInput { body: String! mentions: [[String!]!] }
type Post @key(fields: "id") { id: ID! slug: String! title: String! commentCount: Int! author: User! comments(first: Int = 20, after: String): CommentConnection! ${SIZED} related: [Post!]! }
type CommentConnection { edges: [CommentEdge!]! pageInfo: PageInfo! }
type CommentEdge { node: Comment! cursor: String! }
type Comment { id: ID! body: String! author: User! post: Post! }
type User @key(fields: "id") { id: ID! posts(first: Int = 20, after: String): PostConnection! ${SIZED} }
type PostConnection { edges: [PostEdge!]! pageInfo: PageInfo! }
type PostEdge { node: Post! cursor: String! }
type PageInfo { hasNextPage: Boolean! endCursor: String }
`;
const IDENTITY = `
type Query { me: User profile(username: String!): User! }
type User @key(fields: "id") { id: ID! username: String displayName: String }
`;

/** The file of the graph that the two make. */
export function supergraphFile(): string {
  const file = path.join(tmpdir(), `cairn-supergraph-${randomUUID()}.graphql`);
  const { supergraph } = compose(new Map([['blog', LINK + BLOG], ['identity', LINK + IDENTITY]])); // prettier-ignore
  writeFileSync(file, supergraph);
  return file;
}

interface Page {
  readonly first: number;
}

const connection = (first: number, item: (n: number) => object) => ({
  edges: Array.from({ length: first }, (_, n) => ({ node: item(n), cursor: String(n) })),
  pageInfo: { hasNextPage: false, endCursor: null },
});
const post = (n: number) => ({ __typename: 'Post', id: `p${n}`, slug: `post-${n}`, title: `Post ${n}`, commentCount: n, author: { __typename: 'User', id: `u${n % 5}` }, comments: ({ first }: Page) => connection(first, comment), related: [] }); // prettier-ignore
const comment = (n: number) => ({ id: `c${n}`, body: `Comment ${n}`, author: { __typename: 'User', id: `u${n % 7}` } });

interface Representation {
  readonly __typename: string;
  readonly id: string;
}

const blogRoot = {
  posts: ({ first }: Page) => connection(first, post),
  post: ({ slug }: { slug: string }) => (slug === 'none' ? null : post(1)),
  tags: ['a', 'b'],
  addComment: ({ input }: { input: { body: string } }) => ({ ...comment(1), body: input.body }),
  _entities: ({ representations }: { representations: Representation[] }) =>
    representations.map(({ __typename, id }) => ({ __typename, id, posts: () => connection(1, () => post(3)) })),
};
const user = (id: string) => ({ __typename: 'User', id, username: `name-${id}`, displayName: `Name ${id}` });
const identityRoot = {
  me: (_: unknown, { authorization }: Context) => (authorization ? user('u9') : null),
  profile: ({ username }: { username: string }) => user(username),
  _entities: ({ representations }: { representations: Representation[] }) => representations.map(({ id }) => user(id)),
};

interface Context {
  readonly authorization?: string;
}

/** What a service was asked: GraphQL as it came. */
export interface Asked {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** A subscription that a service has been asked for, and that is open. */
interface OpenStream extends Asked {
  readonly response: ServerResponse;
  /** Writes what is given, as an event `next` of the stream. */
  result(value: object): boolean;
}

/** The GraphQL door of a service that answers from memory; every request is written down. */
export function subgraph(name: 'blog' | 'identity') {
  const [sdl, rootValue, entities] =
    name === 'blog' ? [BLOG, blogRoot, 'Post | User'] : [IDENTITY, identityRoot, 'User'];
  const plain = sdl.replaceAll(/ @(key|listSize)\([^)]*\)/g, '');
  const schema = buildSchema(`${plain} scalar _Any union _Entity = ${entities} extend type Query { _entities(representations: [_Any!]!): [_Entity]! }`); // prettier-ignore
  const asked: Asked[] = [];
  const answer: RequestListener = async (request, response) => {
    if (request.url === '/graphql/stream') return openStream(request, response);
    const { query, variables, operationName } = JSON.parse(await text(request)) as Asked & { operationName?: string };
    const headers = request.headers as Asked['headers'];
    asked.push({ query, variables, headers });
    const contextValue: Context = { authorization: headers.authorization };
    const result = await graphql({ schema, source: query, rootValue, variableValues: variables, operationName, contextValue }); // prettier-ignore
    response.setHeader('content-type', 'application/json').end(JSON.stringify(result));
  };
  const streams = new Set<OpenStream>();
  async function openStream(request: IncomingMessage, response: ServerResponse) {
    const { query, variables } = JSON.parse(await text(request)) as Asked;
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(':\n\n');
    const result = (value: object) => response.write(`event: next\ndata: ${JSON.stringify(value)}\n\n`);
    const stream = { query, variables, headers: request.headers as Asked['headers'], response, result };
    streams.add(stream);
    response.once('close', () => streams.delete(stream));
  }
  /** What has happened, to all whose subscriptions are open. */
  const tell = async (n: number, body = `Comment ${n}`) => {
    const rootValue = { commentAdded: { ...comment(n), body, post: post(n) } };
    for (const { query, variables, result } of streams)
      result(await execute({ schema, document: parse(query), variableValues: variables, rootValue }));
  };
  return { asked, answer, streams, tell };
}
