import { expect, test } from '@jest/globals';
import { DialSchema, faultDialsSecret } from './fault-dials.options.ts';
import { FaultDials } from './fault-dials.ts';

let drawn = 0;
let now = 0;
const dialled = (dial: object) => {
  const dials = new FaultDials(
    () => drawn,
    () => now,
  );
  dials.set(DialSchema.parse(dial));
  return dials;
};

test('shares of one draw: who is cut off does not fail as well', () => {
  const dials = dialled({ latencyMs: 20, errors: 0.5, cut: 0.2 });
  const outcomes = [0, 0.19, 0.2, 0.69, 0.7, 0.99].map((each) => ((drawn = each), dials.faultFor('/')));
  expect(outcomes.map((fault) => fault!.outcome)).toEqual(['cut', 'cut', 'failed', 'failed', 'served', 'served']);
  expect(outcomes[0]!.delayMs).toBe(20);
});

test('a path and what is below it, never health', () => {
  const dials = dialled({ errors: 1, path: '/api/v1/posts' });
  const hit = ['/api/v1/posts', '/api/v1/posts/a', '/api/v1/postscript', '/api/v1', '/'].filter((path) => dials.faultFor(path)); // prettier-ignore
  expect(hit).toEqual(['/api/v1/posts', '/api/v1/posts/a']);
  const all = dialled({ errors: 1, path: '/' });
  expect(['/', '/graphql', '/health/ready', '/health/live', '/healthy'].filter((path) => all.faultFor(path))).toEqual(
    ['/', '/graphql', '/healthy'], // prettier-ignore
  );
});

test('it ends by itself, and when told', () => {
  const dials = dialled({ errors: 1 });
  now += 119_500;
  expect(dials.current).toMatchObject({ errors: 1, secondsLeft: 1 });
  now += 500;
  expect([dials.current, dials.faultFor('/')]).toEqual([null, undefined]);
  dials.set(DialSchema.parse({ cut: 1 }));
  dials.off();
  expect([dials.current, dials.faultFor('/')]).toEqual([null, undefined]);
});

test('never in production, never without a secret, and off unless told', () => {
  const secret = 'sixteen characters or more';
  expect(faultDialsSecret({ FAULT_DIALS: false }, 'production')).toBeUndefined();
  expect(faultDialsSecret({ FAULT_DIALS: true, FAULT_DIALS_SECRET: secret }, 'development')).toBe(secret);
  expect(() => faultDialsSecret({ FAULT_DIALS: true, FAULT_DIALS_SECRET: secret }, 'production')).toThrow('NODE_ENV is production'); // prettier-ignore
  expect(() => faultDialsSecret({ FAULT_DIALS: true }, undefined)).toThrow('FAULT_DIALS_SECRET is not set');
});
