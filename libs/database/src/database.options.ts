import type { EntitySchema, MigrationInterface } from 'typeorm';
import { z } from 'zod';

/** In milliseconds. What takes longer is no request any more. */
export const STATEMENT_TIMEOUT_MS = 4_000;

/** The part of a service's environment that its database needs. */
export const DatabaseConfigSchema = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).meta({
    description: 'As the role that runs the service: no DDL',
    example: 'postgres://blog:secret@127.0.0.1:5432/blog',
  }),
  DATABASE_OWNER_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .meta({ description: 'As the role that owns the schema: for `migrate`, and not to be given to what serves' }),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(1).max(500).default(20).meta({ description: 'Connections' }),
});
export type DatabaseConfig = z.infer<typeof DatabaseConfigSchema>;

export const DATABASE_NEED = Symbol('DATABASE_NEED');

export interface DatabaseNeed {
  /** False for a service that goes on from memory once it has begun: without its database it is degraded, and still sent requests. Default true. */
  readonly isVital?: boolean;
}

/** What the code says of the schema. */
export interface Schema {
  readonly entities: EntitySchema[];
  readonly migrations: (new () => MigrationInterface)[];
  /** Tables whose rows the role that runs the service may add and read, and never change or remove: `migrate` sees to it. */
  readonly appendOnly?: readonly string[];
}
