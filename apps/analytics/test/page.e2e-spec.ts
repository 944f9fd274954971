import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startService, type RunningService } from '@cairn/testing';
import { analytics } from '../src/app.module.ts';
import { ASSETS } from '../src/pages/assets.ts';

let service: RunningService;
beforeAll(async () => void (service = await startService(analytics)));
afterAll(() => service.stop());

const SITES = '/analytics';
const PAGE = '/analytics/01890000-0000-7000-8000-000000000000';

test.each([SITES, PAGE])('%s loads nothing from elsewhere, and its policy lets it', async (path) => {
  const { status, headers, body } = await service.get(path);
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
  const policy = headers.get('content-security-policy')!;
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('unsafe');
  expect(body).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\son\w+=|\sstyle=/);
  const loaded = [...body.matchAll(/<(?!a\b)\w+[^>]*\s(?:src|href)="([^"]+)"/g)].map(([, path]) => path as string);
  expect(loaded.length).toBeGreaterThan(4);
  for (const path of loaded) expect(path).toMatch(/^\/analytics\/assets\//);
});

test('all sites are at one address: with a slash there is nothing', async () => {
  expect((await service.get(`${SITES}/`)).status).toBe(404);
});

test('every file that the page or its scripts name is there, and only those', async () => {
  const { body: page } = await service.get(PAGE);
  const seen = new Set<string>();
  const toSee = [...page.matchAll(/\/analytics\/assets\/([\w.-]+)/g)].map(([, name]) => name as string);
  for (let name; (name = toSee.pop());) {
    if (seen.has(name)) continue;
    seen.add(name);
    const { status, body } = await service.get(`/analytics/assets/${name}`);
    expect([name, status]).toEqual([name, 200]);
    for (const [, imported] of body.matchAll(/from '\.\/([\w.-]+)'/g)) toSee.push(imported as string);
  }
  expect(seen).toEqual(new Set(ASSETS));
  for (const name of ['nothing.js', '..%2findex.html', 'constructor'])
    expect((await service.get(`/analytics/assets/${name}`)).status).toBe(400);
});

test('who has it already is told so', async () => {
  for (const path of [SITES, PAGE, '/analytics/assets/main.js']) {
    const etag = (await service.get(path)).headers.get('etag')!;
    expect((await service.get(path, { headers: { 'if-none-match': etag } })).status).toBe(304);
  }
});

test('tokens stay in memory: no script keeps one anywhere, or puts one into an address', async () => {
  for (const name of ASSETS.filter((each) => each.endsWith('.js') && each !== 'uplot.js')) {
    const { body } = await service.get(`/analytics/assets/${name}`);
    expect(body).not.toMatch(
      /localStorage|sessionStorage|indexedDB|document\.cookie|innerHTML|insertAdjacentHTML|https?:\/\//,
    );
  }
});
