import { Problem } from '@cairn/backing';
import { backingPorts, services, topology, type ServiceName } from './topology.ts';

export interface Plan {
  /** What runs, in the order of the topology. */
  readonly services: readonly ServiceName[];
  /** What runs, in the order in which it is stopped: nobody before those who need it. The backing services come after all of these. */
  readonly stopOrder: readonly (readonly ServiceName[])[];
}

/** @throws Problem for a service that there is not */
export function planOf(wanted: readonly string[]): Plan {
  const names = withWhatTheyNeed(wanted.length ? wanted : Object.keys(topology));
  return { services: names, stopOrder: stopOrder(names) };
}

/** Every port that a plan takes, with the one who takes it. */
export function portsOf(plan: Plan, portBase: number, backing: readonly (keyof typeof backingPorts)[]) {
  return [
    ...backing.map((name) => ({ name: name as string, port: portBase + backingPorts[name] })),
    ...plan.services.map((name) => ({ name: name as string, port: portBase + topology[name].port })),
  ];
}

function withWhatTheyNeed(wanted: readonly string[]): ServiceName[] {
  const needed = new Set(wanted);
  for (const name of needed) {
    if (!isService(name))
      throw new Problem(`There is no service "${name}": choose from ${Object.keys(topology).join(', ')}.`);
    for (const other of topology[name].waitsFor) if (isService(other)) needed.add(other);
  }
  return services.map(([name]) => name).filter((name) => needed.has(name));
}

function stopOrder(names: readonly ServiceName[]): ServiceName[][] {
  const left = new Set(names);
  const waves: ServiceName[][] = [];
  while (left.size) {
    const isNeeded = (name: string) =>
      [...left].some((other) => (topology[other].waitsFor as readonly string[]).includes(name));
    const wave = [...left].filter((name) => !isNeeded(name));
    if (!wave.length) throw new Error(`${[...left].join(', ')} wait for each other in the topology`);
    waves.push(wave);
    for (const name of wave) left.delete(name);
  }
  return waves;
}

const isService = (name: string): name is ServiceName => Object.hasOwn(topology, name);
