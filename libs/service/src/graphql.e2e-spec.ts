import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createLogger } from '@cairn/observability';
import { Module, SetMetadata, UseGuards, type CanActivate } from '@nestjs/common';
import { Args, Field, ObjectType, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getIntrospectionQuery, parse } from 'graphql';
import { createApplication } from './application.ts';
import { ConnectionArgs, subgraph } from './graphql.ts';

let app: NestFastifyApplication;
let lines: { level: string; err?: { message: string } }[] = [];
let asked = 0;

const lost = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });

class Never implements CanActivate {
  canActivate() {
    return false;
  }
}

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

@ObjectType()
class Thing {
  @Field(() => String)
  name: string;
}
const things = ({ first }: ConnectionArgs) => Array.from({ length: first! }, () => ({ name: 'thing' }));

@SetMetadata('cairn:access', { kind: 'public' })
@Resolver(() => Thing)
class PartsResolver {
  @Query(() => [Thing])
  things(@Args() args: ConnectionArgs): Thing[] {
    asked++;
    return things(args);
  }
  @ResolveField(() => [Thing])
  parts(@Args() args: ConnectionArgs): Thing[] {
    return things(args);
  }
  @UseGuards(Never)
  @ResolveField(() => String, { nullable: true })
  secret(): string {
    return 'secret';
  }
}

@Module({ imports: [subgraph()], providers: [ThingsResolver, PartsResolver] })
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

const ask = async (query: string, variables?: object) =>
  (await app.inject({ method: 'POST', url: '/graphql', payload: { query, variables } })).json() as {
    data: unknown;
    errors?: { message: string; path?: unknown[]; extensions: { code: string; status: number } }[];
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

const many = (name: string, length = 101) =>
  Array.from({ length }, (_, index) => name.replaceAll('#', String(index))).join(' ');
const deep = (levels: number) => `${'{ fine '.repeat(levels)}${'}'.repeat(levels)}`;

test.each([
  ['too many aliases', `{ ...a } fragment a on Query { things { parts { ${many('a#: name', 251)} } } }`],
  ['too many fields', `{ ${many('fine')} }`],
  ['too many by fragments', `{ ...a ...a } fragment a on Query { ${many('fine', 51)} }`],
  ['too deep', deep(16)],
  ['too long', `{ ${many('fine '.repeat(40))} }`],
  ['too many directives', `{ fine ${many('@include(if: true)', 51)} }`],
  ['too many directives by fragments', `{ ...a ...a } fragment a on Query { fine ${many('@include(if: true)', 26)} }`],
  ['too many items', '{ things(first: 100) { parts(first: 100) { name } } }'],
  ['too many by default', '{ things { parts { parts { parts { name } } } } }'],
  [
    'too many by the default of a variable',
    'query ($n: Int = 100) { things(first: $n) { parts(first: $n) { name } } }',
  ],
])('%s: refused before anything is done', async (_, query) => {
  const { errors } = await ask(query);
  expect(errors!.map(({ extensions }) => extensions)).toContainEqual({ code: 'graphql.query-too-large', status: 400 });
  expect([asked, lines]).toEqual([0, []]);
});

test('the items of lists are counted with the variables, and what fits is answered', async () => {
  const query =
    'query ($first: Int) { things(first: $first) { ...parts } } fragment parts on Thing { parts(first: 100) { name } }';
  const { errors } = await ask(query, { first: 100 });
  expect(errors).toMatchObject([{ extensions: { code: 'graphql.query-too-large' } }]);
  expect(asked).toBe(0);
  expect((await ask(query, { first: 90 })).errors).toBeUndefined();
  expect((await ask(query)).errors).toBeUndefined(); // as often as the default says
});

test('validation stops after a few errors', async () => {
  const { errors } = await ask(`{ ${many('wrong#')} }`);
  expect(errors!.length).toBeLessThan(10);
});

test('a field below is guarded, too, and its error says where it is', async () => {
  const { errors, data } = await ask('{ things(first: 2) { name secret } }');
  expect(data).toEqual({ things: [0, 1].map(() => ({ name: 'thing', secret: null })) });
  expect(errors).toMatchObject(
    [0, 1].map((index) => ({ path: ['things', index, 'secret'], extensions: { status: 403 } })),
  );
  expect(JSON.stringify(errors)).not.toMatch(/stack|\.ts/);
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
  expect((await ask(deep(15))).errors).not.toMatchObject([{ extensions: { code: 'graphql.query-too-large' } }]);
});
