import type { EntitySchema, MigrationInterface } from 'typeorm';
import { z } from 'zod';

export const DATABASE_OPTIONS = Symbol('DATABASE_OPTIONS');

export interface DatabaseOptions {
  /** As the role that runs the service: no DDL. */
  readonly url: string;
  /** As the role that owns the schema: only `migrate` uses it. */
  readonly ownerUrl?: string | undefined;
  readonly poolSize?: number;
  readonly entities: EntitySchema[];
  readonly migrations: (new () => MigrationInterface)[];
}

/** The part of a service's environment that its database needs. */
export const DatabaseConfigSchema = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).meta({ example: 'postgres://blog:secret@127.0.0.1:5432/blog' }),
  DATABASE_OWNER_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(1).max(500).default(20),
});
