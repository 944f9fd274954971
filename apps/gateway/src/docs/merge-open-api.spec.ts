import { describe, expect, test } from '@jest/globals';
import { addGatewayAnswers } from './gateway-answers.ts';
import { mergeOpenApi } from './merge-open-api.ts';
import { operationsOf, type OpenApi, type Operation, type Schema } from './open-api.ts';

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const operation = (operationId: string, answer: object = ref('Item'), responses = {}): Operation => ({
  operationId,
  summary: operationId,
  tags: ['things'],
  security: [],
  responses: { 200: { description: 'Success', content: { 'application/json': { schema: answer } } }, ...responses },
});
const service = (path: string, item: Record<string, Operation>, schemas: Record<string, object> = {}): OpenApi => ({
  openapi: '3.1.0',
  info: { title: 'A service', version: '1' },
  paths: { [path]: item },
  tags: [{ name: 'things' }],
  servers: [{ url: '/' }],
  components: { schemas: schemas as Record<string, Schema>, securitySchemes: { bearer: { type: 'http' } } },
});
const merge = (services: Record<string, OpenApi>) => mergeOpenApi('All', services);
const item = { type: 'object', properties: { id: { type: 'string' } } };

describe('what services have in common', () => {
  test('is there once, be its keys in another order; whose tag it is, is said', () => {
    const merged = merge({
      blog: service('/posts', { get: operation('listPosts') }, { Item: item }),
      shop: service(
        '/orders',
        { get: operation('listOrders') },
        { Item: { properties: item.properties, type: 'object' } },
      ),
    });
    expect(Object.keys(merged.components.schemas)).toEqual(['Item']);
    expect(Object.keys(merged.paths)).toEqual(['/posts', '/orders']);
    expect(merged.tags).toEqual([{ name: 'things', description: 'Answered by blog and shop' }]);
    expect(merged.servers).toEqual([{ url: '/' }]);
  });

  test('in name only gets its service in front, wherever it is referred to', () => {
    const merged = merge({
      blog: service('/posts', { get: operation('list') }, { Item: item, Same: item }),
      'big-shop': service('/orders', { get: operation('list') }, { Item: { type: 'string' }, Same: item }),
    });
    expect(Object.keys(merged.components.schemas).sort()).toEqual(['BigShopItem', 'BlogItem', 'Same']);
    expect(operationsOf(merged).map((each) => each.operation.operationId)).toEqual(['bigShopList', 'blogList']);
    expect(JSON.stringify(merged.paths['/posts'])).toContain('"#/components/schemas/BlogItem"');
    expect(JSON.stringify(merged.paths['/orders'])).toContain('"#/components/schemas/BigShopItem"');
  });

  test('by the letter is not the same where it refers to what differs', () => {
    const page = { type: 'array', items: ref('Item') };
    const merged = merge({
      blog: service('/posts', { get: operation('a') }, { Page: page, Item: item }),
      shop: service('/orders', { get: operation('b') }, { Page: page, Item: { type: 'string' } }),
    });
    expect(merged.components.schemas).toMatchObject({
      BlogPage: { items: ref('BlogItem') },
      ShopPage: { items: ref('ShopItem') },
    });
    expect(merged.components.schemas).not.toHaveProperty('Page');
  });

  test('cannot be a path: the gateway sends it to one of them', () => {
    const both = service('/posts', { get: operation('a') });
    expect(() => merge({ blog: both, shop: both })).toThrow('shop and another service describe /posts');
  });
});

test('the order in which services are given does not matter, and none of them is changed', () => {
  const [blog, shop] = [service('/posts', { get: operation('a') }), service('/orders', { get: operation('a') })];
  const before = JSON.stringify([blog, shop]);
  expect(JSON.stringify(merge({ blog, shop }))).toBe(JSON.stringify(merge({ shop, blog })));
  expect(JSON.stringify([blog, shop])).toBe(before);
});

describe('what the gateway itself may answer', () => {
  const own = { 429: { description: 'Too many guesses' }, 503: { description: 'No database' } };
  const document = addGatewayAnswers(
    merge({ blog: service('/posts', { get: operation('a'), post: operation('b', ref('Item'), own) }, { Item: item }) }),
  );
  const [get, post] = operationsOf(document).map((each) => each.operation.responses) as [object, object];

  test('is said of every operation, with the headers of a limit', () => {
    expect(get).toMatchObject({
      429: { $ref: '#/components/responses/TooManyRequests' },
      502: { $ref: '#/components/responses/OutcomeUnknown' },
      503: { $ref: '#/components/responses/Unavailable' },
      504: { $ref: '#/components/responses/TooSlow' },
    });
    const { headers, content } = document.components.responses!.TooManyRequests!;
    expect(Object.keys(headers!)).toEqual(['RateLimit-Policy', 'RateLimit', 'Retry-After']);
    expect(Object.keys(content!)).toEqual(['application/problem+json']);
  });

  test("leaves a service's own words for its limits", () => {
    expect(post).toMatchObject({
      429: { description: 'Too many guesses', headers: { RateLimit: { $ref: '#/components/headers/RateLimit' } } },
    });
  });
});
