import { expect, test } from '@jest/globals';
import { parseOptions } from './options.ts';

test('the defaults', () => {
  expect(parseOptions([])).toEqual({ services: [], portBase: 3000, empty: false, watch: false, help: false });
});

test('services and options in any order', () => {
  expect(parseOptions(['--watch', 'blog', '--port-base', '4000', '--empty'])).toEqual({
    services: ['blog'],
    portBase: 4000,
    empty: true,
    watch: true,
    help: false,
  });
});

test.each([
  [['--wacth'], "Unknown option '--wacth': `npm start -- --help` lists what there is."],
  [['--port-base', 'x'], '--port-base takes a number from 1024 to 65456, not "x".'],
  [['--port-base', '65500'], '--port-base takes a number from 1024 to 65456, not "65500".'],
  [['--port-base'], "Option '--port-base <value>' argument missing: `npm start -- --help` lists what there is."],
])('%j is one sentence', (args, sentence) => {
  expect(() => parseOptions(args)).toThrow(sentence);
});
