export type { Schema } from './database.options.ts';
export { CreateIdempotencyKeys1763500000000 } from './1763500000000-create-idempotency-keys.migration.ts';
