import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Controller, Get, Module, Query, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Answers, Deprecated } from '@cairn/http';
import { problem } from '@cairn/http/errors';
import { z } from 'zod';
import { createApplication } from './application.ts';

class Gone extends problem({ code: 'test.gone', kind: 'not-found', title: 'It has gone' }) {}
const PageSchema = z.object({ items: z.array(z.string()), nextCursor: z.string().nullable() }).meta({ id: 'Page' });
const isPublic = SetMetadata('cairn:access', { kind: 'public' });

@Controller('things')
class ThingsController {
  @Get()
  @isPublic
  @ApiExtension('x-token', 'verified')
  @Answers({ ok: PageSchema, errors: [Gone] })
  @Deprecated({ since: '2026-12-01', sunset: '2027-06-01', link: 'https://example.com/things' })
  list(@Query('gone') gone?: string) {
    if (gone) throw new Gone();
    return { items: [], nextCursor: 'abc' };
  }

  @Get('keys')
  @isPublic
  @ApiExtension('x-token', 'ignored')
  @Answers({ ok: PageSchema })
  keys() {
    return { items: [], nextCursor: 'abc' };
  }

  @Get('mine')
  @isPublic
  @ApiBearerAuth()
  @Answers({ ok: PageSchema })
  mine() {}
}

@Module({ controllers: [ThingsController] })
class TestModule {}

let app: NestFastifyApplication;
beforeAll(async () => {
  app = await createApplication({ name: 'test', title: 'Test', module: { module: TestModule } });
});
afterAll(() => app.close());

const described = async (path: string) =>
  (await app.inject('/openapi.json')).json().paths[path].get as Record<string, unknown> & { responses: object };

test('what becomes of a token is said by `security`, and only where somebody looks at it by a 401', async () => {
  const [verified, ignored, signedIn] = [
    await described('/api/v1/things'),
    await described('/api/v1/things/keys'),
    await described('/api/v1/things/mine'),
  ];
  expect(verified.security).toEqual([{}, { bearer: [] }]);
  expect(ignored.security).toEqual([]);
  expect(signedIn.security).toEqual([{ bearer: [] }]);
  expect([verified, ignored, signedIn].map(({ responses }) => '401' in responses)).toEqual([true, false, true]);
  expect(Object.keys({ ...verified, ...ignored }).filter((key) => key.startsWith('x-'))).toEqual([]);
});

test('a deprecated route says so on each of its answers and in its description', async () => {
  const told = {
    deprecation: '@1796083200',
    sunset: 'Tue, 01 Jun 2027 00:00:00 GMT',
  };
  const link = '<https://example.com/things>; rel="deprecation"; type="text/html"';
  const page = await app.inject('/api/v1/things');
  expect(page.headers).toMatchObject({ ...told, link: `${link}, </api/v1/things?cursor=abc>; rel="next"` });
  const gone = await app.inject('/api/v1/things?gone=1');
  expect(gone.statusCode).toBe(404);
  expect(gone.headers).toMatchObject({ ...told, link });
  expect((await app.inject('/api/v1/things/keys')).headers.deprecation).toBeUndefined();
  expect(await described('/api/v1/things')).toMatchObject({
    deprecated: true,
    externalDocs: { url: 'https://example.com/things' },
    responses: { 200: { headers: { Deprecation: {}, Sunset: {} } } },
  });
});

test('a route does not go before it is deprecated', () => {
  const declare = (since: string, sunset: string) => () => Deprecated({ since, sunset, link: '/' });
  expect(declare('2027-01-01', '2026-01-01')).toThrow('It would go (2026-01-01) before it is deprecated (2027-01-01)');
  expect(declare('soon', '2026-01-01')).toThrow('No dates: soon, 2026-01-01');
});
