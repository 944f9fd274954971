import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startService, type RunningService, type Someone } from '@cairn/testing';
import { readFileSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { links } from '../src/app.module.ts';

let service: RunningService;
let ada: Someone;
beforeAll(async () => {
  service = await startService(links);
  ada = await service.someone('author');
});
afterAll(() => service.stop());

const { addresses } = JSON.parse(readFileSync(new URL('wpt-urls.json', import.meta.url), 'utf8')) as {
  addresses: string[];
};
const schemes = ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'vbscript:x', 'ftp://x', 'ws://x', 'blob:http://x/y', 'about:blank', 'intent://x', 'view-source:http://x', 'mailto:a@b', 'tel:1', 'chrome://x', 'http', 'https:', '//x', '/x', 'x']; // prettier-ignore
const disguises = [
  (text: string) => text,
  (text: string) => ` \t\n${text}\u0000`,
  (text: string) => text.replace(':', '\n:'),
  (text: string) => text.replace(/^./, (first) => `${first}\t`),
  (text: string) => text.toUpperCase(),
  (text: string) => `\u0001${text}`,
  (text: string) => encodeURIComponent(text),
  (text: string) => `http://${text}`,
  (text: string) => `http:${text}`,
  (text: string) => `https://example.org/?next=${text}#${text}`,
];
const more = ['http://\ud800.example', 'http://a\u202e.example', 'http://a.example/\ud800', `http://${'a'.repeat(300)}.example`, `http://a.example/${'x'.repeat(5_000)}`, `http://${'a.'.repeat(2_000)}example`, `http://a.example/${'ä'.repeat(700)}`, 'http://[::1', 'http://1e2.example', 'http://999999999999', 'http://xn--a', 'http://xn--0.pt', 'http://a..b', '\u0000', '', ' ', 'http://%00.example']; // prettier-ignore

const AT_ONCE = 16;

test('of the web platform’s test data and hostile strings none is a 5xx, and none is stored that is not http or https', async () => {
  const all = [...addresses, ...schemes.flatMap((scheme) => disguises.map((disguise) => disguise(scheme))), ...more];
  expect(all.length).toBeGreaterThan(1_000);
  const statuses = new Map<number, number>();
  for (let begin = 0; begin < all.length; begin += AT_ONCE)
    await Promise.all(
      all.slice(begin, begin + AT_ONCE).map(async (url) => {
        const { status, body } = await service.post('/api/v1/links', { as: ada, body: { url } });
        if (status === 400) expect(body.errors[0].path).toBe('url');
        else expect({ status, code: status === 201 ? undefined : body.code, url: body.url }).toEqual({ status: 201, url: URL.parse(url)?.href }); // prettier-ignore
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }),
    );
  expect([...statuses.keys()].sort()).toEqual([201, 400]);
  expect(statuses.get(201)).toBeGreaterThan(300);
  const stored = await service.app.get(DataSource).query(`SELECT url FROM links WHERE url !~ '^https?://[^/?#@\\s]+/[^\\s]*$' OR length(url) > 2048`); // prettier-ignore
  expect(stored).toEqual([]);
}, 120_000);

test('nothing else that is hostile is a 5xx', async () => {
  const values: unknown[] = [null, 0, -1, 1e400, '\u0000', '\ud800', '', [], {}, [[]], true, 'x'.repeat(10_000), { $gt: 1 }, '1; DROP TABLE links', '%', '__proto__']; // prettier-ignore
  const fields = ['url', 'targets', 'code', 'status', 'passPath', 'utm', 'rules', 'password', 'startsAt', 'expiresAt', 'maxVisits', 'title', 'tags', 'reuse', '__proto__', 'constructor']; // prettier-ignore
  for (const field of fields)
    await Promise.all(
      values.map(async (value) => {
        const { status } = await service.post('/api/v1/links', { as: ada, body: { url: 'https://example.org', [field]: value } }); // prettier-ignore
        expect([200, 201, 400, 409]).toContain(status);
      }),
    );
  const paths = ['%00', '%ff', 'a%2fb', '..%2f', '%F0%9F%92%A9', 'x'.repeat(300), "'--", '%', 'reports', 'bulk', 'preview', '__proto__']; // prettier-ignore
  for (const path of paths) {
    expect((await service.post(`/s/${path}`, { body: { password: 'x' } })).status).toBeLessThan(500);
    for (const rest of ['', '/stats', '/qr.svg', '/qr.png?size=1e2'])
      expect((await service.get(`/api/v1/links/${path}${rest}`, { as: ada })).status).toBeLessThan(500);
  }
  for (const query of [
    'q=%00',
    'q=%25%5C_',
    'q=%ED%A0%80',
    'tag=%00',
    'host=%5B',
    'limit=1e9',
    'cursor=e30',
    'cursor=WyJ4Il0',
    'state=x',
    'q=a&q=b',
  ])
    expect((await service.get(`/api/v1/links?${query}`, { as: ada })).status).toBeLessThan(500);
}, 120_000);
