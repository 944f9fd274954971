import { expect, test } from '@jest/globals';
import { policyHeader, remainingHeader } from './rate-limit-headers.ts';
import { subjectOf } from './rate-limit-subject.ts';

const read = { name: 'read', burst: 100, perMinute: 600, exact: false };

test('what is left, and the time in which an empty bucket is full', () => {
  expect(policyHeader(read)).toBe('"read";q=100;w=10');
  const allowed = { allowed: true, remaining: 99, resetSeconds: 1, retryAfterSeconds: 0 };
  expect(remainingHeader(read, allowed)).toBe('"read";r=99;t=1');
});

test('an account is one subject wherever it is, a stranger is his network, and nobody can pass for an account by it', () => {
  expect(subjectOf({ userId: 'ada', network: '192.0.2.7' })).toBe('user:ada');
  expect(subjectOf({ userId: undefined, network: '2001:db8:1:2::/64' })).toBe('address:2001:db8:1:2::/64');
  expect(subjectOf({ userId: undefined, network: 'user:ada' })).toBe('address:user:ada');
});
