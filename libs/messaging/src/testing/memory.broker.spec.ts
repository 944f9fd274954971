import { brokerClauses, contractOf } from './contract.ts';
import { memoryKit } from './memory-kit.ts';

contractOf('the memory of tests', async () => memoryKit(), brokerClauses);
