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
  [['blog', '--errors', '1.5'], '--errors cannot be "1.5": expected number to be <=1.'],
  [['blog', '--errors', 'half'], '--errors cannot be "half": expected number, received string.'],
  [['blog', '--cut', '50%'], '--cut cannot be "50%": expected number, received string.'],
  [['blog', '--latency', '2s'], '--latency cannot be "2s": expected number, received string.'],
  [['blog', '--latency', '60001'], '--latency cannot be "60001": expected number to be <=60000.'],
  [['blog', '--latency', '1', '--seconds', '0'], '--seconds cannot be "0": expected number to be >=1.'],
  [
    ['blog', '--cut', '0.6', '--errors', '0.6'],
    '--cut cannot be "0.6": must be no more than what --errors leaves of 1.',
  ],
  [['blog', '--latency', '1', '--path', 'posts'], '--path cannot be "posts": must be a path such as /api/v1/posts.'],
  [['blog', '--latency', '0'], '--latency cannot be "0": one of --latency, --errors and --cut must be more than 0.'],
  [['blog', '--seconds', '9'], 'Say what goes wrong: one of --latency, --errors and --cut must be more than 0.'],
  [['--latency', '2000'], 'Say which service, as in `npm run fault -- blog --latency 2000`.'],
  [['blog', '--off', '--cut', '1'], '--off takes nothing else than a service.'],
  [['blog', 'identity'], 'One service at a time: "identity" is one too many.'],
  [['--slow'], "Unknown option '--slow': `npm run fault -- --help` lists what there is."],
])('%j is one sentence', (args, sentence) => {
  expect(() => parseFaultOptions(args)).toThrow(sentence);
});
