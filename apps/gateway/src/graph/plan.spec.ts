import { expect, test } from '@jest/globals';
import { buildSchema, parse, type OperationDefinitionNode } from 'graphql';
import { compose } from './compose.ts';
import { planOf } from './plan.ts';
import { factsOf } from './supergraph.ts';

const { supergraph, api } = compose(
  new Map([
    [
      'blog',
      `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@listSize"])
      type Query {
        declared(first: Int = 20): Posts! @listSize(assumedSize: 20, slicingArguments: ["first"], sizedFields: ["edges"], requireOneSlicingArgument: false)
        undeclared(first: Int): Posts!
        bare: [Post!]!
      }
      type Mutation { publish: Post! }
      type Posts { edges: [Edge!]! nodes: [Post!]! pageInfo: PageInfo! }
      type Edge { node: Post! cursor: String! }
      type PageInfo { endCursor: String }
      type Post { id: ID! }`,
    ],
  ]),
);

function cost(query: string, variables = {}) {
  const [operation] = parse(query).definitions as [OperationDefinitionNode];
  return planOf(buildSchema(api), factsOf(parse(supergraph)), new Map(), operation).cost(variables);
}

// The connection itself is 1; of each of its items an edge and a node.
test.each([
  ['an argument', '{ declared(first: 3) { edges { node { id } } } }', {}, 1 + 3 * 2],
  ['a variable', 'query ($n: Int) { declared(first: $n) { edges { node { id } } } }', { n: 4 }, 1 + 4 * 2],
  ['a preset', 'query ($n: Int = 5) { declared(first: $n) { edges { node { id } } } }', {}, 1 + 5 * 2],
  ['nothing', '{ declared { edges { node { id } } } }', {}, 1 + 20 * 2],
  ['another name', '{ declared(first: 3) { all: edges { node { id } } } }', {}, 1 + 3 * 2],
])('edges are as many as %s says', (_, query, variables, expected) => expect(cost(query, variables)).toBe(expected));

test('what is beside the edges is there once', () => {
  expect(cost('{ declared(first: 100) { pageInfo { endCursor } } }')).toBe(2);
});

test('where nothing is declared, names say it', () => {
  expect(cost('{ undeclared(first: 3) { edges { node { id } } } }')).toBe(1 + 3 * 2);
  expect(cost('{ undeclared(first: 3) { nodes { id } } }')).toBe(1 + 3);
  expect(cost('{ undeclared { edges { cursor } } }')).toBe(1 + 20);
  expect(cost('{ bare { id } }')).toBe(10);
});

test('a change costs 10 more', () => expect(cost('mutation { publish { id } }')).toBe(11));
