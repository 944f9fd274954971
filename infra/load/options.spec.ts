import { expect, test } from '@jest/globals';
import { LOAD_HELP, parseLoadOptions } from './options.ts';

test('the defaults: all of them, lightly, on whatever runs', () => {
  expect(parseLoadOptions([])).toEqual({
    scripts: ['analytics', 'blog', 'gateway', 'identity', 'links'],
    profile: 'smoke',
    url: undefined,
    portBase: 3000,
    keep: false,
  });
});

test('names and options in any order, each name once', () => {
  const args = ['--profile', 'spike', 'blog', '--keep', 'identity', 'blog', '--url', 'http://127.0.0.1:4000/api'];
  expect(parseLoadOptions([...args, '--port-base', '4000'])).toEqual({
    scripts: ['blog', 'identity'],
    profile: 'spike',
    url: 'http://127.0.0.1:4000',
    portBase: 4000,
    keep: true,
  });
});

test('help is asked for', () => {
  expect(parseLoadOptions(['blog', '--help'])).toBeUndefined();
  expect(LOAD_HELP).toContain('smoke, load, stress, soak, spike');
});

test.each([
  [['shop'], 'There is no load test "shop": choose from analytics, blog, gateway, identity, links.'],
  [['--profile', 'storm'], 'There is no profile "storm": choose from smoke, load, stress, soak, spike.'],
  [['--url', '127.0.0.1:3000'], '--url takes an address such as http://127.0.0.1:3000, not "127.0.0.1:3000".'],
  [['--port-base', 'x'], '--port-base takes a number from 1024 to 65000, not "x".'],
  [['--prfile', 'load'], "Unknown option '--prfile': `npm run load -- --help` lists what there is."],
])('%j is one sentence', (args, sentence) => {
  expect(() => parseLoadOptions(args)).toThrow(sentence);
});
