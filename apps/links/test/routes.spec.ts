import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { routesOf, startService, type RunningService } from '@cairn/testing';
import { links } from '../src/app.module.ts';
import { objectionTo } from '../src/links/code.ts';

let service: RunningService;
beforeAll(async () => void (service = await startService(links)));
afterAll(() => service.stop());

test('every route declares who may call it', () => {
  const routes = routesOf(service.app);
  expect(routes.length).toBeGreaterThan(15);
  expect(routes.filter((route) => !route.access)).toEqual([]);
});

test('no code can be chosen that is the name of a route', async () => {
  const { paths } = (await service.get('/openapi.json')).body as { paths: Record<string, object> };
  const names = Object.keys(paths).flatMap((path) => /^\/(?:api\/v1\/links|s)\/([^/{]+)/.exec(path)?.[1] ?? []);
  expect(names).toEqual(expect.arrayContaining(['bulk', 'preview', 'reports']));
  expect(names.filter((name) => objectionTo(name) === undefined)).toEqual([]);
});
