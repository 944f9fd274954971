// for the tests of services
export { anOutbox } from './an-outbox.ts';
export { AnotherService } from './another-service.ts';
export { BROKER } from '../messaging.options.ts';
// for unit tests
export { MemoryBroker, MemoryServer } from './memory.broker.ts';
export { contractOf } from './contract.ts';
export type { ContractKit } from './contract-kit.ts';
