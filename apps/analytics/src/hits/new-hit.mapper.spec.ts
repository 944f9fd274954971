import { expect, test } from '@jest/globals';
import { HitSchema } from '@cairn/contracts/events';
import { randomUUID } from 'node:crypto';
import { HitRowSchema } from './hit-row.dto.ts';
import { newHit, type Receipt } from './new-hit.mapper.ts';
import { NO_AUDIENCE } from './own-hits.ts';

const site = { id: randomUUID(), timeZone: 'Europe/Vienna', allowedOrigins: [], visitorSalt: randomUUID() };
const [today, yesterday] = [randomUUID(), randomUUID()];
const audience = { ...NO_AUDIENCE, visitor: today, visitorOfYesterday: yesterday };
/** 00:10 in Vienna. */
const receivedAt = new Date('2026-11-25T23:10:00Z');

function hit(row: object, receipt: Partial<Receipt> = {}) {
  const made = newHit(HitRowSchema.parse(row), { site, audience, sentAt: undefined, receivedAt, ...receipt });
  if ('errors' in made) throw new Error(JSON.stringify(made.errors));
  return HitSchema.parse(made.hit);
}
const visitors = (of: ReturnType<typeof hit>) => [of.audience.visitor, of.audience.visitorOfYesterday, of.isConsented];

test('whatever a row may hold makes a hit that the contract takes', () => {
  hit({});
  const props = { a: 'x'.repeat(500), b: true, c: -0.5 };
  hit({ id: randomUUID(), name: 'ж'.repeat(100), url: `https://example.org/${'%F0%9F%98%80'.repeat(300)}`, props, visitorId: 'v', revenue: { amount: -5, currency: 'EUR' } }); // prettier-ignore
});

test('what happened before midnight is the visitor of that day, as long as anybody can tell', () => {
  expect(visitors(hit({ at: '2026-11-25T23:05:00Z' }))).toEqual([today, yesterday, false]);
  expect(visitors(hit({ at: '2026-11-25T22:55:00Z' }))).toEqual([yesterday, null, false]);
  const later = { audience: { ...audience, visitorOfYesterday: null } };
  expect(visitors(hit({ at: '2026-11-25T22:55:00Z' }, later))).toEqual([today, null, false]);
});

test('an agreed id is a hash of the site, and nobody stays nobody', () => {
  const [visitor, before, isConsented] = visitors(hit({ visitorId: 'v1' }));
  expect([before, isConsented]).toEqual([null, true]);
  expect(visitors(hit({ visitorId: 'v1', at: '2026-11-20T00:00:00Z' }))[0]).toBe(visitor);
  const elsewhere = { site: { ...site, visitorSalt: randomUUID() } };
  expect(visitors(hit({ visitorId: 'v1' }, elsewhere))[0]).not.toBe(visitor);
  expect(visitors(hit({ visitorId: 'v1' }, { audience: NO_AUDIENCE }))).toEqual([null, null, false]);
});

test('the page itself is no referrer', () => {
  const url = 'https://example.org:8443/a';
  expect(hit({ url, referrer: 'https://example.org:8443/b' }).referrer).toBeNull();
  expect(hit({ url, referrer: 'https://www.other.example/b?secret=1' }).referrer).toBe('other.example');
  expect(hit({ url, referrer: 'not a URL' }).referrer).toBeNull();
});

test('what tells of a person stays nowhere: not in names, keys or values, however it is encoded', () => {
  const found = hit({
    name: 'Sign-up of bob@example.org',
    url: 'https://example.org/u/bob%252540example.org?utm_content=bob%2540example.org',
    props: { 'bob@example.org': 1, href: 'https://shop.example/?email=bob%40example.org' },
  });
  expect(JSON.stringify(found)).not.toMatch(/bob/);
  expect([found.name, found.path]).toEqual(['Sign-up of :email', '/u/:email']);
});
