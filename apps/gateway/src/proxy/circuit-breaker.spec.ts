import { beforeEach, expect, test } from '@jest/globals';
import { CircuitBreaker, type CircuitState, type Outcome } from './circuit-breaker.ts';

let now: number;
let breaker: CircuitBreaker;
let states: CircuitState[];
beforeEach(() => {
  now = 1_000;
  states = [];
  breaker = new CircuitBreaker(
    (state) => states.push(state),
    () => now,
  );
});
const settle = (...outcomes: Outcome[]) => outcomes.forEach((outcome) => breaker.settle(outcome));

test('opens when two fifths of five or more failed, not before', () => {
  settle('failed', 'failed', 'failed', 'failed');
  expect(breaker.state).toBe('closed');
  settle('answered', 'answered', 'answered', 'answered');
  expect(breaker.state).toBe('closed'); // an answer never opens it
  settle('failed');
  expect([breaker.state, breaker.tryAcquire()]).toEqual(['open', false]);
});

test('what is long ago does not count, nor does what nobody knows', () => {
  settle('failed', 'failed', 'failed', 'failed');
  now += 5_001;
  settle('failed', 'unknown', 'unknown', 'unknown', 'unknown', 'failed', 'failed', 'failed');
  expect(breaker.state).toBe('closed');
  settle('failed');
  expect(breaker.state).toBe('open');
});

test('then one request tries: it closes when that is answered, and stays open when it fails', () => {
  settle('failed', 'failed', 'failed', 'failed', 'failed');
  now += 2_000;
  expect([breaker.tryAcquire(), breaker.tryAcquire()]).toEqual([true, false]);
  settle('failed');
  expect([breaker.state, breaker.tryAcquire()]).toEqual(['open', false]);
  now += 2_000;
  expect(breaker.tryAcquire()).toBe(true);
  settle('answered');
  expect([breaker.state, breaker.tryAcquire(), breaker.tryAcquire()]).toEqual(['closed', true, true]);
  expect(states).toEqual(['open', 'half-open', 'open', 'half-open', 'closed']);
  settle('failed');
  expect(breaker.state).toBe('closed'); // it begins anew
});

test('a probe of which nobody knows proves nothing, and the next one may try at once', () => {
  settle('failed', 'failed', 'failed', 'failed', 'failed');
  now += 2_000;
  expect(breaker.tryAcquire()).toBe(true);
  settle('unknown');
  expect([breaker.state, breaker.tryAcquire()]).toEqual(['open', true]);
});
