import { expect, test } from '@jest/globals';
import { deadlineFrom, propagationHeaders, remainingMs, requestContext, withoutDeadline } from './index.ts';

const context = { requestId: 'r', traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: '01' };

test.each([
  ['1', 1],
  ['250', 250],
  ['30000', 30_000],
  ['60000', 30_000], // the service's own bound: a caller can only shorten it
  ['0', undefined],
  ['-5', undefined],
  ['60001', undefined],
  ['99999', undefined],
  ['999999999999', undefined],
  ['1e3', undefined],
  ['12.5', undefined],
  [' 12', undefined],
  ['012', undefined],
  ['soon', undefined],
  ['', undefined],
  ['5, 5', undefined], // sent twice
  [['5'], undefined],
  [undefined, undefined],
])('%j leaves %j ms', (header, expected) => {
  expect(deadlineFrom(header, 0)).toBe(expected);
});

test('what is left is known wherever the request is served, is never negative, and goes on to the next service', () => {
  expect(remainingMs()).toBeUndefined();
  requestContext.run(context, () => {
    expect(remainingMs()).toBeUndefined();
    expect(propagationHeaders()).not.toHaveProperty('x-request-timeout-ms');
  });
  requestContext.run({ ...context, deadline: performance.now() + 5_000 }, () => {
    expect(remainingMs()).toBeGreaterThan(4_000);
    const left = Number(propagationHeaders()['x-request-timeout-ms']);
    expect(left).toBeGreaterThan(4_000);
    expect(left).toBeLessThanOrEqual(5_000);
    expect(withoutDeadline(() => [remainingMs(), requestContext.getStore()?.requestId])).toEqual([undefined, 'r']);
  });
  requestContext.run({ ...context, deadline: performance.now() - 1 }, () => expect(remainingMs()).toBe(0));
});
