import { describe, expect, test } from '@jest/globals';
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

describe('tracestate', () => {
  const state = (header: string) => continueTrace(`00-${traceId}-${parentId}-01`, header).tracestate;

  test.each([
    ['one', 'a=1', 'a=1'],
    ['several, with blanks and empty members', ' a=1 ,, \tb=2,', 'a=1,b=2'],
    ['a tenant and a system', '0tenant-1@sys_*/-=x y', '0tenant-1@sys_*/-=x y'],
    ['as many as there may be', list(32), list(32)],
  ])('%s', (_, header, passed) => expect(state(header)).toBe(passed));

  test.each([
    ['nothing', ''],
    ['one too many', list(33)],
    ['a key in upper case', 'A=1'],
    ['a key that begins with a sign', '_a=1'],
    ['a system that begins with a digit', 'a@1=1'],
    ['no value', 'a'],
    ['an empty value', 'a='],
    ['an equals sign in a value', 'a=b=c'],
    ['a control character', 'a=\u0001'],
    ['one bad among good ones', 'a=1,B=2'],
    ['the same key twice', 'a=1,a=2'],
  ])('%s is dropped, and the trace goes on', (_, header) => {
    expect(state(header)).toBeUndefined();
    expect(continueTrace(`00-${traceId}-${parentId}-01`, header).traceId).toBe(traceId);
  });

  test('too long: the long members go first, then the last ones', () => {
    const long = `long=${'x'.repeat(200)}`;
    const short = Array.from({ length: 20 }, (_, n) => `k${n}=${'v'.repeat(20)}`);
    expect(state([short[0], long, ...short.slice(1, 10), `more=${'y'.repeat(200)}`].join(','))).toBe(short.slice(0, 10).join(',')); // prettier-ignore
    const cut = state([...short, ...short.map((member) => `x${member}`)].slice(0, 32).join(','))!;
    expect(cut.length).toBeLessThanOrEqual(512);
    expect(cut.startsWith(short.slice(0, 15).join(','))).toBe(true);
  });
});

function list(length: number) {
  return Array.from({ length }, (_, n) => `k${n}=${n}`).join(',');
}
