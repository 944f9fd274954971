import { afterAll, beforeAll, describe, test } from '@jest/globals';
import type { ContractKit } from './contract-kit.ts';
import { flow } from './flow.contract.ts';
import { groups } from './groups.contract.ts';
import { listening } from './listening.contract.ts';
import { MessagingRig } from './messaging-rig.ts';
import { messaging } from './messaging.contract.ts';
import { order } from './order.contract.ts';
import { publishing } from './publishing.contract.ts';
import { Stage, type Clause } from './stage.ts';

/** Every promise of the port. */
export const brokerClauses: readonly Clause[] = [...publishing, ...groups, ...order, ...flow, ...listening];

/** And of what is built on it: these need PostgreSQL. */
export const messagingClauses: readonly Clause[] = messaging;

/** What a clause threw, or undefined when it is kept. */
export async function check({ holds }: Clause, kit: ContractKit, rig?: MessagingRig): Promise<Error | undefined> {
  const stage = new Stage(kit, rig);
  try {
    await holds(stage);
    return undefined;
  } catch (error) {
    return error as Error;
  } finally {
    await stage.close();
  }
}

/** A test of each clause. All of them begin at once, each on a topic of its own: a driver waits more than it works. */
export function contractOf(
  name: string,
  open: () => Promise<ContractKit>,
  clauses: readonly Clause[] = [...brokerClauses, ...messagingClauses],
): void {
  describe(`the contract of a broker, kept by ${name}`, () => {
    let kit: ContractKit;
    let rig: MessagingRig | undefined;
    let outcomes: Map<Clause, Promise<Error | undefined>> | undefined;
    beforeAll(async () => {
      kit = await open();
      if (clauses.some((clause) => messagingClauses.includes(clause))) rig = await MessagingRig.open(kit);
      outcomes = new Map(clauses.map((clause) => [clause, check(clause, kit, rig)]));
    }, 60_000);
    afterAll(async () => {
      await Promise.all(outcomes?.values() ?? []);
      await rig?.close();
      await kit.close?.();
    }, 60_000);
    for (const clause of clauses)
      test(
        clause.name,
        async () => {
          const error = await outcomes?.get(clause);
          if (error) throw error;
        },
        60_000,
      );
  });
}
