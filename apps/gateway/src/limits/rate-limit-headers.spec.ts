import { expect, test } from '@jest/globals';
import { rateLimitHeaders } from './rate-limit-headers.ts';
import { subjectOf } from './rate-limit-subject.ts';

const read = { name: 'read', burst: 100, perMinute: 600, exact: false };

test('what is left, and the time in which an empty bucket is full', () => {
  const allowed = { allowed: true, remaining: 99, resetSeconds: 1, retryAfterSeconds: 0 };
  expect(rateLimitHeaders(read, allowed)).toEqual({
    'RateLimit-Policy': '"read";q=100;w=10',
    RateLimit: '"read";r=99;t=1',
  });
});

test('a refusal says when to come again', () => {
  const refused = { allowed: false, remaining: 0, resetSeconds: 10, retryAfterSeconds: 1 };
  expect(rateLimitHeaders(read, refused)).toMatchObject({ RateLimit: '"read";r=0;t=10', 'Retry-After': '1' });
});

test('an account is one subject wherever it is, a stranger is his network', () => {
  expect(subjectOf({ userId: 'ada', address: '192.0.2.7' })).toBe('user:ada');
  expect(subjectOf({ address: '192.0.2.7' })).toBe('address:192.0.2.7');
  expect(subjectOf({ address: '::ffff:192.0.2.7' })).toBe('address:192.0.2.7');
  const ofOneHome = ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9'].map((address) => subjectOf({ address }));
  expect(new Set(ofOneHome)).toEqual(new Set(['address:2001:db8:1:2::/64']));
  expect(subjectOf({ address: '2001:db8:1:3::1' })).not.toBe(ofOneHome[0]);
  // nobody can pass for an account by his address
  expect(subjectOf({ address: 'user:ada' })).toBe('address:user:ada');
});
