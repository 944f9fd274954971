import type { components } from './schema.ts';

// asking
export { createClient, idempotencyKey, type Client, type ClientOptions } from './client.ts';
// what went wrong
export { orThrow, Problem, type ProblemDetails } from './problem.ts';
// the types of the API: `Schemas['Post']`
export type { operations, paths } from './schema.ts';
export type Schemas = components['schemas'];
