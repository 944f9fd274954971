import { beforeAll, describe, expect, test } from '@jest/globals';
import { brokenBrokers } from './broken-brokers.ts';
import { brokerClauses, check } from './contract.ts';
import { memoryKit } from './memory-kit.ts';

/** In milliseconds. What is sound takes a tenth of it. */
const PATIENCE_MS = 1_500;

describe('the contract suite is red on a driver that', () => {
  const outcomes = new Map<string, Promise<Error | undefined>>();
  beforeAll(() => {
    for (const [mistake, [Broken, clause]] of Object.entries(brokenBrokers)) {
      const kit = { ...memoryKit((server) => new Broken(server)), patienceMs: PATIENCE_MS };
      outcomes.set(
        mistake,
        check(
          brokerClauses.find(({ name }) => name.startsWith(clause))!,
          kit,
        ),
      );
    }
  });
  test.each(Object.entries(brokenBrokers))('%s', async (mistake, [, clause]) => {
    expect(`${clause}: ${(await outcomes.get(mistake))?.name}`).toBe(`${clause}: AssertionError`);
  });
});
