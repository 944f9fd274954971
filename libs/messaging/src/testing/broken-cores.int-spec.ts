import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { brokenCores } from './broken-cores.ts';
import { check, messagingClauses } from './contract.ts';
import { memoryKit } from './memory-kit.ts';
import { MessagingRig } from './messaging-rig.ts';

const PATIENCE_MS = 3_000;

describe('the contract suite is red on a core that', () => {
  const sound = { ...memoryKit(), patienceMs: PATIENCE_MS };
  const outcomes = new Map<string, Promise<Error | undefined>>();
  let rig: MessagingRig;
  beforeAll(async () => {
    rig = await MessagingRig.open(sound);
    for (const [mistake, [core, clause]] of Object.entries(brokenCores))
      outcomes.set(mistake, check(messagingClauses.find(({ name }) => name.startsWith(clause))!, { ...sound, core }, rig)); // prettier-ignore
  });
  afterAll(async () => {
    await Promise.all(outcomes.values());
    await rig.close();
  });
  test.each(Object.entries(brokenCores))('%s', async (mistake, [, clause]) => {
    expect(`${clause}: ${(await outcomes.get(mistake))?.name}`).toBe(`${clause}: AssertionError`);
  });
});
