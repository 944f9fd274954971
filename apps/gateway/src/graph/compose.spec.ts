import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { buildSchema, parse, validate, type OperationDefinitionNode } from 'graphql';
import { compose } from './compose.ts';
import { API_FILE, SUPERGRAPH_FILE } from './files.ts';
import { FIRST_QUERY } from './graphiql.service.ts';
import { readOperations } from './operations.ts';
import { planOf } from './plan.ts';
import { factsOf } from './supergraph.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@cost", "@listSize", "@external", "@requires"])'; // prettier-ignore
const blog = `${LINK} type Query { post: Post @cost(weight: 3) posts(limit: Int): [Post!]! @listSize(slicingArguments: ["limit"], assumedSize: 20) } type Post @key(fields: "id") { id: ID! title: String! author: User! } type User @key(fields: "id") { id: ID! name: String @external shout: String @requires(fields: "name") }`;
const identity = `${LINK} type Query { me: User } type User @key(fields: "id") { id: ID! name: String }`;

test('of two schemas one, and who answers what', () => {
  const { supergraph, api } = compose(new Map([['blog', blog], ['identity', identity]])); // prettier-ignore
  expect(api).toContain('author: User!');
  expect(api).not.toContain('join__');
  const { fields, types, services } = factsOf(parse(supergraph));
  expect([...services]).toEqual([['BLOG', 'blog'], ['IDENTITY', 'identity']]); // prettier-ignore
  expect(fields.get('Query.post')).toMatchObject({ services: new Set(['blog']), cost: 3 });
  expect(fields.get('Query.posts')!.listSize).toMatchObject({ assumedSize: 20, slicingArguments: ['limit'] });
  expect(fields.get('User.name')!.services).toEqual(new Set(['identity']));
  expect(fields.get('User.id')!.services).toEqual(new Set(['blog', 'identity']));
  expect(fields.get('User.shout')!.services).toEqual(new Set()); // blog has to be told the name first
  expect(types.get('User')!.services).toEqual(new Set(['blog', 'identity']));
});

test('what does not fit together is said in a sentence each', () => {
  const other = identity.replace('name: String', 'name: Int');
  const both = new Map([['blog', `${LINK} type Query { a: User } type User @key(fields: "id") { id: ID! name: String }`], ['identity', other]]); // prettier-ignore
  expect(() => compose(both)).toThrow(/^The subgraphs do not make one graph:\n- .*name.*\(\w+\)/);
  expect(() => compose(new Map([['blog', 'type {']]))).toThrow(/^The schema of blog is not GraphQL: Syntax Error/);
});

test('the committed graph and its operations fit', () => {
  const api = buildSchema(readFileSync(API_FILE, 'utf8'));
  expect(factsOf(parse(readFileSync(SUPERGRAPH_FILE, 'utf8'))).services.size).toBeGreaterThan(1);
  const operations = [...readOperations().values()];
  expect(operations.length).toBeGreaterThan(0);
  for (const query of [...operations, FIRST_QUERY]) expect(validate(api, parse(query))).toEqual([]);
});

test('fifty reports by another name each cost more than a request may', () => {
  const supergraph = parse(readFileSync(SUPERGRAPH_FILE, 'utf8'));
  const api = buildSchema(readFileSync(API_FILE, 'utf8'));
  const costOf = (field: string, times: number) => {
    const aliases = Array.from({ length: times }, (_, index) => `r${index}: ${field}`);
    const [operation] = parse(`{ site(id: "s") { ${aliases.join(' ')} } }`).definitions as [OperationDefinitionNode];
    return planOf(api, factsOf(supergraph), new Map(), operation).cost({});
  };
  const limit = 5_000; // GRAPHQL_MAX_COST unless told
  expect(costOf('breakdown(by: "page") { values }', 50)).toBeGreaterThan(limit);
  expect(costOf('goals(goal: ["page:/"]) { sessions }', 5)).toBeGreaterThan(limit);
  expect(costOf('timeseries { totals { visits } }', 10)).toBeLessThan(limit);
});
