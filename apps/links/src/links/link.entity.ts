import { EntitySchema } from 'typeorm';
import { Link } from './link.ts';

/** How a Link is stored. `claimed_visits` is not part of it: visits claim theirs past every edit. */
export const LinkEntity = new EntitySchema<Link>({
  name: 'Link',
  target: Link,
  tableName: 'links',
  columns: {
    id: { type: 'uuid', primary: true, primaryKeyConstraintName: 'links_pkey' },
    code: { type: 'text' },
    ownerId: { type: 'uuid', name: 'owner_id', nullable: true },
    url: { type: 'text' },
    targets: { type: 'jsonb', default: [] },
    status: { type: 'int' },
    passPath: { type: 'boolean', name: 'passes_path' },
    passQuery: { type: 'boolean', name: 'passes_query' },
    utm: { type: 'jsonb', nullable: true },
    rules: { type: 'jsonb', default: [] },
    hosts: { type: 'text', array: true },
    passwordHash: { type: 'text', name: 'password_hash', nullable: true },
    startsAt: { type: 'timestamptz', name: 'starts_at', nullable: true },
    expiresAt: { type: 'timestamptz', name: 'expires_at', nullable: true },
    maxVisits: { type: 'int', name: 'max_visits', nullable: true },
    title: { type: 'text' },
    tags: { type: 'text', array: true },
    disabledReason: { type: 'text', name: 'disabled_reason', nullable: true },
    disabledAt: { type: 'timestamptz', name: 'disabled_at', nullable: true },
    deletedAt: { type: 'timestamptz', name: 'deleted_at', nullable: true },
    version: { type: 'int' },
    createdAt: { type: 'timestamptz', name: 'created_at' },
    updatedAt: { type: 'timestamptz', name: 'updated_at' },
  },
});
