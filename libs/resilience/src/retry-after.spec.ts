import { expect, test } from '@jest/globals';
import { retryAfterMs } from './retry-after.ts';

const now = Date.parse('2026-11-20T10:00:00Z');
test.each([
  [null, 0],
  ['2', 2000],
  ['Fri, 20 Nov 2026 10:00:03 GMT', 3000],
  ['Fri, 20 Nov 2026 09:00:00 GMT', 0],
  ['soon', 0],
  ['-1', 0],
])('%s is %d ms', (header, expected) => expect(retryAfterMs(header, now)).toBe(expected));
