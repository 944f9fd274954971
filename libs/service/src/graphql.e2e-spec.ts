import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createLogger } from '@cairn/observability';
import { Module, SetMetadata } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getIntrospectionQuery, parse } from 'graphql';
import { createApplication } from './application.ts';
import { subgraph } from './graphql.ts';

let app: NestFastifyApplication;
let lines: { level: string; err?: { message: string } }[] = [];
let asked = 0;

const lost = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });

@SetMetadata('cairn:access', { kind: 'public' })
@Resolver()
class ThingsResolver {
  @Query(() => String)
  broken() {
    throw new Error('a bug');
  }
  @Query(() => String, { nullable: true })
  lost() {
    throw lost;
  }
  @Query(() => String)
  fine() {
    asked++;
    return 'fine';
  }
}

@Module({ imports: [subgraph()], providers: [ThingsResolver] })
class TestModule {}

beforeAll(async () => {
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const logger = createLogger({ name: 'test', level: 'warn', destination });
  app = await createApplication({ name: 'test', title: 'Test', module: { module: TestModule }, logger });
});
afterAll(() => app.close());
beforeEach(() => {
  lines = [];
  asked = 0;
});

const ask = async (query: string) =>
  (await app.inject({ method: 'POST', url: '/graphql', payload: { query } })).json() as {
    data: unknown;
    errors?: { message: string; extensions: { code: string; status: number } }[];
  };

test('a failure is logged with its cause, once, and leaves without it', async () => {
  const { errors } = await ask('{ broken }');
  expect(errors).toMatchObject([{ message: 'Internal Server Error', extensions: { status: 500 } }]);
  expect(lines).toMatchObject([{ level: 'error', err: { message: 'a bug' } }]);
  lines = [];
  await ask('{ lost again: lost }');
  expect(lines).toMatchObject([{ level: 'warn', err: { message: 'connect' } }]);
});

test('what is wrong with a query is said, and is nothing for the log', async () => {
  const { errors } = await ask('{ fin }');
  expect(errors).toMatchObject([
    { message: expect.stringContaining('Cannot query field "fin"'), extensions: { code: 'http.bad-request' } },
  ]);
  expect(lines).toEqual([]);
});

const many = (name: string) => Array.from({ length: 51 }, (_, index) => name.replaceAll('#', String(index))).join(' ');
const deep = (levels: number) => `${'{ fine '.repeat(levels)}${'}'.repeat(levels)}`;

test.each([
  ['too many aliases', `{ ${many('a#: fine')} }`],
  ['too many fields', `{ ${many('fine')} }`],
  ['too many by fragments', `{ ...a ...a } fragment a on Query { ${many('fine').slice(0, 26 * 5)} }`],
  ['too deep', deep(11)],
  ['too long', `{ ${many('fine '.repeat(20))} }`],
])('%s: refused before anything is done', async (_, query) => {
  const { errors } = await ask(query);
  expect(errors!.map(({ extensions }) => extensions)).toContainEqual({ code: 'graphql.query-too-large', status: 400 });
  expect([asked, lines]).toEqual([0, []]);
});

test('a document that was parsed already does not pass the limits by', async () => {
  const { errors } = await ask(JSON.stringify(parse('{ fine }')));
  expect(errors).toMatchObject([{ extensions: { code: 'http.bad-request' } }]);
  expect([asked, lines]).toEqual([0, []]);
});

test('fragments that spread each other are measured in no time', async () => {
  const doubling = Array.from({ length: 60 }, (_, n) => `fragment f${n} on Query { ...f${n + 1} ...f${n + 1} }`);
  const { errors } = await ask(`{ ...f0 } ${doubling.join(' ')} fragment f60 on Query { fine }`);
  expect(errors![0]!.extensions.code).toBe('graphql.query-too-large');
  const { errors: cyclic } = await ask('{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }');
  expect(cyclic![0]!.message).toContain('Cannot spread fragment');
});

test('introspection goes on', async () => {
  expect((await ask(getIntrospectionQuery({ inputValueDeprecation: true }))).errors).toBeUndefined();
  expect((await ask(deep(10))).errors).not.toMatchObject([{ extensions: { code: 'graphql.query-too-large' } }]);
});
