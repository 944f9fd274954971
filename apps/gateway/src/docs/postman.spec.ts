import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { operationsOf, type OpenApi } from './open-api.ts';
import { toPostman } from './postman.ts';

const read = () => JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8')) as OpenApi;
interface Collection {
  readonly item: readonly { readonly name: string; readonly item: readonly { name: string }[] }[];
}

test('every operation is in the folder of its tag, and twice the same description makes the same collection', async () => {
  const collection = (await toPostman(read())) as Collection;
  expect(JSON.stringify(await toPostman(read()))).toBe(JSON.stringify(collection));
  const [walk, ...folders] = collection.item;
  expect(walk!.name).toBe('A walk');
  expect(folders.at(-1)!.name).toBe('sessions'); // its requests end the session that the others need
  const operations = operationsOf(read()).map(({ operation }) => `${operation.tags[0]}: ${operation.summary}`);
  const requests = folders.flatMap(({ name, item }) => item.map((request) => `${name}: ${request.name}`));
  expect(requests.sort()).toEqual(operations.sort());
});

test('a walk that asks for what is not described fails', async () => {
  const document = read();
  delete document.paths['/api/v1/users'];
  await expect(toPostman(document)).rejects.toThrow('asks for signUp, which is not described');
});
