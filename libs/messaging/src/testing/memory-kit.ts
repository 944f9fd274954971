import { MemoryBroker, MemoryServer } from './memory.broker.ts';
import type { ContractKit } from './contract-kit.ts';

/** The in-memory driver, each time with a server of its own. */
export function memoryKit(connect = (server: MemoryServer): MemoryBroker => new MemoryBroker(server)): ContractKit {
  const server = new MemoryServer();
  return {
    connect: () => connect(server),
    cut: (broker) => (broker as MemoryBroker).cutOff(),
    patienceMs: 5_000,
  };
}
