import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { routesOf, startService, type RunningService } from '@cairn/testing';
import { analytics } from '../src/app.module.ts';

let service: RunningService;
beforeAll(async () => void (service = await startService(analytics)));
afterAll(() => service.stop());

test('every route declares who may call it', () => {
  const routes = routesOf(service.app);
  expect(routes.length).toBeGreaterThan(2);
  expect(routes.filter((route) => !route.access)).toEqual([]);
});
