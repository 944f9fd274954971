import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { ServiceTokenUnavailable } from './auth.errors.ts';
import { ServiceTokens } from './service-tokens.client.ts';

const tokens = () => new ServiceTokens({ identityUrl: 'http://identity', clientId: 'blog', clientSecret: 'a:b c' });
let asked: Request[];
let answer: () => Response;
let clock = 0;

beforeEach(() => {
  asked = [];
  let count = 0;
  answer = () => Response.json({ access_token: `token ${++count}`, token_type: 'Bearer', expires_in: 300 });
  jest.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => {
    asked.push(new Request(url as URL, init));
    return answer();
  });
  clock = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => clock);
});
afterEach(() => void jest.restoreAllMocks());

test('one request for many callers, one per audience, again before it expires', async () => {
  const client = tokens();
  const wanted = ['identity', 'identity', 'shop', 'identity'];
  expect(await Promise.all(wanted.map((audience) => client.token(audience)))).toEqual(
    ['token 1', 'token 1', 'token 2', 'token 1'], // prettier-ignore
  );
  expect(await asked[0]!.text()).toBe('grant_type=client_credentials&audience=identity');
  expect(atob(asked[0]!.headers.get('authorization')!.slice(6))).toBe('blog:a%3Ab%20c');
  clock = 269_000;
  expect(await client.headersFor('identity')()).toEqual({ authorization: 'Bearer token 1' });
  clock = 270_000;
  expect(await client.token('identity')).toBe('token 3');
});

test('one that was refused is forgotten, and those for others are kept', async () => {
  const client = tokens();
  expect([await client.token('identity'), await client.token('shop')]).toEqual(['token 1', 'token 2']);
  clock = 1_000;
  client.forget('identity');
  expect([await client.token('identity'), await client.token('shop')]).toEqual(['token 3', 'token 2']);
  client.forget('identity'); // by another caller, who was refused the first
  expect(await client.token('identity')).toBe('token 3');
});

test('a failure is told to all who wait, and not kept', async () => {
  const client = tokens();
  const good = answer;
  answer = () => new Response('', { status: 401 });
  const failing = [client.token('shop'), client.token('shop')];
  for (const each of failing) await expect(each).rejects.toBeInstanceOf(ServiceTokenUnavailable);
  expect(asked).toHaveLength(1);
  answer = good;
  expect(await client.token('shop')).toBe('token 1');
});
