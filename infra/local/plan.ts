import { Problem } from '@cairn/backing';
import { backingPorts, instancePort, services, topology, type Instance, type ServiceName } from './topology.ts';

/** How many instances of a service run, where that is not one. */
export type Scale = Readonly<Record<string, number>>;

export interface Plan {
  /** What runs, in the order of the topology. */
  readonly services: readonly ServiceName[];
  /** The processes, in the order of the topology: `blog`, `blog-2`, … */
  readonly instances: readonly Instance[];
  /** Names of instances in the order in which they are stopped: nobody before those who need it. The backing services come after all of these. */
  readonly stopOrder: readonly (readonly string[])[];
}

/** @throws Problem for a service that there is not, or that is to be scaled and does not run */
export function planOf(wanted: readonly string[], scale: Scale = {}): Plan {
  const names = withWhatTheyNeed(wanted.length ? wanted : Object.keys(topology));
  for (const name of Object.keys(scale)) assertScalable(name, names);
  const instances = names.flatMap((service) => instancesOf(service, scale[service] ?? 1));
  const named = (service: ServiceName) => instances.filter((each) => each.service === service).map(({ name }) => name);
  return { services: names, instances, stopOrder: stopOrder(names).map((wave) => wave.flatMap(named)) };
}

/** Every port that a plan takes, with the one who takes it. */
export function portsOf(plan: Plan, portBase: number, backing: readonly (keyof typeof backingPorts)[]) {
  return [
    ...backing.map((name) => ({ name: name as string, port: portBase + backingPorts[name] })),
    ...plan.instances.map((instance) => ({ name: instance.name, port: instancePort(portBase, instance) })),
  ];
}

const instancesOf = (service: ServiceName, count: number): Instance[] =>
  Array.from({ length: count }, (_, index) => ({ name: index ? `${service}-${index + 1}` : service, service, index }));

function assertScalable(name: string, running: readonly ServiceName[]): void {
  if (Object.hasOwn(backingPorts, name))
    throw new Problem(`${name} cannot be scaled: all services share the one that there is.`);
  if (!isService(name)) throw unknownService(name);
  if (!running.includes(name))
    throw new Problem(`${name} does not run here, so that it cannot be scaled: name it too.`);
}

function withWhatTheyNeed(wanted: readonly string[]): ServiceName[] {
  const needed = new Set(wanted);
  for (const name of needed) {
    if (!isService(name)) throw unknownService(name);
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

const unknownService = (name: string) =>
  new Problem(`There is no service "${name}": choose from ${Object.keys(topology).join(', ')}.`);
