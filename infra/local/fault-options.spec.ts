import { expect, test } from '@jest/globals';
import { parseFaultOptions } from './fault-options.ts';

test.each([
  [[], { service: undefined, action: 'show' }],
  [['blog'], { service: 'blog', action: 'show' }],
  [['--off'], { service: undefined, action: 'off' }],
  [['blog', '--off'], { service: 'blog', action: 'off' }],
  [['--help'], { service: undefined, action: 'help' }],
  [['blog', '--latency', '2000', '--errors', '0.5'], { service: 'blog', action: { latencyMs: 2000, errors: 0.5 } }],
  [
    ['--cut=0.25', 'identity', '--seconds', '30', '--path', '/api/v1/users'],
    { service: 'identity', action: { cut: 0.25, seconds: 30, path: '/api/v1/users' } },
  ],
])('%j', (args, options) => expect(parseFaultOptions(args)).toEqual(options));

test.each([
  [['blog', '--errors', '1.5'], '--errors takes a number from 0 to 1, not "1.5".'],
  [['blog', '--errors', 'half'], '--errors takes a number from 0 to 1, not "half".'],
  [['blog', '--cut', '50%'], '--cut takes a number from 0 to 1, not "50%".'],
  [['blog', '--latency', '2s'], '--latency takes a whole number from 0 to 60000, not "2s".'],
  [['blog', '--latency', '60001'], '--latency takes a whole number from 0 to 60000, not "60001".'],
  [['blog', '--latency', '1', '--seconds', '0'], '--seconds takes a whole number from 1 to 3600, not "0".'],
  [
    ['blog', '--cut', '0.6', '--errors', '0.6'],
    '--errors and --cut are shares of the same requests: together at most 1.',
  ],
  [['blog', '--latency', '1', '--path', 'posts'], '--path takes a path such as /api/v1/posts, not "posts".'],
  [
    ['blog', '--latency', '0'],
    'Say what goes wrong: one of --latency, --errors and --cut above 0; or end it by --off.',
  ],
  [['--latency', '2000'], 'Say which service, as in `npm run fault -- blog --latency 2000`.'],
  [['blog', '--off', '--cut', '1'], '--off takes nothing else than a service.'],
  [['blog', 'identity'], 'One service at a time: "identity" is one too many.'],
  [['--slow'], "Unknown option '--slow': `npm run fault -- --help` lists what there is."],
])('%j is one sentence', (args, sentence) => {
  expect(() => parseFaultOptions(args)).toThrow(sentence);
});
