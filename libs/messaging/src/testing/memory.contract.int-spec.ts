import { contractOf, messagingClauses } from './contract.ts';
import { memoryKit } from './memory-kit.ts';

contractOf('the memory of tests', async () => memoryKit(), messagingClauses);
