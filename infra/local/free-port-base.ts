import { PortInUse } from '@cairn/backing';
import { assertPortsFree } from './ports.ts';
import { planOf, portsOf } from './plan.ts';

const STEP = 100;
/** Room for the proofs that start several instances. */
const SCALE = { blog: 2, identity: 2 };

/** The first port base, from the one given upwards, whose every port nobody has. */
export async function freePortBase(from: number): Promise<number> {
  try {
    await assertPortsFree(portsOf(planOf([], SCALE), from, ['postgres', 'redis', 'kafka']));
    return from;
  } catch (error) {
    if (!(error instanceof PortInUse)) throw error;
    return freePortBase(from + STEP);
  }
}
