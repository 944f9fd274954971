import { expect, test } from '@jest/globals';
import { parseOptions } from './options.ts';

test('the defaults', () => {
  expect(parseOptions([])).toEqual({
    services: [],
    scale: {},
    portBase: 3000,
    broker: 'redis',
    empty: false,
    watch: false,
    help: false,
  });
});

test('services and options in any order', () => {
  expect(parseOptions(['--watch', 'blog', '--port-base', '4000', '--empty'])).toEqual({
    services: ['blog'],
    scale: {},
    portBase: 4000,
    broker: 'redis',
    empty: true,
    watch: true,
    help: false,
  });
});

test('the broker', () =>
  expect(parseOptions(['--broker', 'kafka', 'blog'])).toMatchObject({ broker: 'kafka', services: ['blog'] }));

test.each([
  [['--scale', 'blog=2'], [], { blog: 2 }],
  [['--scale', 'blog=2', 'identity=9'], [], { blog: 2, identity: 9 }],
  [['blog', '--scale=blog=1', '--empty', '--scale', 'identity=3'], ['blog'], { blog: 1, identity: 3 }],
])('%j scales', (args, services, scale) => expect(parseOptions(args)).toMatchObject({ services, scale }));

test.each([
  [['--wacth'], "Unknown option '--wacth': `npm start -- --help` lists what there is."],
  [['--broker', 'rabbit'], '--broker takes redis or kafka, not "rabbit".'],
  [['--port-base', 'x'], '--port-base takes a number from 1024 to 65443, not "x".'],
  [['--port-base', '65500'], '--port-base takes a number from 1024 to 65443, not "65500".'],
  [['--scale', 'blog=2', '--port-base', '65400'], '--port-base takes a number from 1024 to 65343, not "65400".'],
  ...['blog=0', 'blog=10', 'blog=-1', 'blog=1.5', 'blog=two', 'blog=', '=2', 'blog', 'blog=2=3'].map(
    (text) =>
      [['--scale', text], `--scale takes a service and a number from 1 to 9, as in blog=2, not "${text}".`] as const,
  ),
  [['--scale', 'blog=2', 'blog=3'], '--scale names blog twice.'],
  [['--scale'], "Option '--scale <value>' argument missing: `npm start -- --help` lists what there is."],
  [['--port-base'], "Option '--port-base <value>' argument missing: `npm start -- --help` lists what there is."],
])('%j is one sentence', (args, sentence) => {
  expect(() => parseOptions(args)).toThrow(sentence);
});
