import { expect, test } from '@jest/globals';
import { continueTrace, formatTraceparent } from './trace-context.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const parentId = 'b7ad6b7169203331';

test('a valid traceparent is continued by a span of our own', () => {
  const trace = continueTrace(`00-${traceId}-${parentId}-00`, 'vendor=1');
  expect(trace).toMatchObject({ traceId, traceFlags: '00', tracestate: 'vendor=1' });
  expect(trace.spanId).toMatch(/^[0-9a-f]{16}$/);
  expect(trace.spanId).not.toBe(parentId);
  expect(formatTraceparent(trace)).toBe(`00-${traceId}-${trace.spanId}-00`);
});

test('a later version is read as far as this one knows it', () => {
  expect(continueTrace(`cc-${traceId}-${parentId}-09-what-comes`)).toMatchObject({ traceId, traceFlags: '01' });
});

test.each([
  ['none', undefined],
  ['twice', [`00-${traceId}-${parentId}-01`]],
  ['version ff', `ff-${traceId}-${parentId}-01`],
  ['more after the flags in version 00', `00-${traceId}-${parentId}-01-more`],
  ['upper case', `00-${traceId.toUpperCase()}-${parentId}-01`],
  ['trace id of zeros', `00-${'0'.repeat(32)}-${parentId}-01`],
  ['parent id of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
  ['too short', `00-${traceId.slice(1)}-${parentId}-01`],
  ['a newline', `00-${traceId}-${parentId}-01\n`],
])('%s starts a new trace and drops tracestate', (_name, header) => {
  const trace = continueTrace(header, 'vendor=1');
  expect(trace.traceId).toMatch(/^(?!0+$)[0-9a-f]{32}$/);
  expect(trace.traceId).not.toBe(traceId);
  expect(trace.tracestate).toBeUndefined();
});
