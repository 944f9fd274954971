import { migrateSchema, type MigrationUrls } from '@cairn/database/migrate';
import type { Schema } from '@cairn/database/schema';
import { CreateMessaging1764000000000 } from '@cairn/messaging/schema';
import { SigningKeyEntity } from './keys/signing-key.entity.ts';
import { CreateUsers1763600000000 } from './migrations/1763600000000-create-users.migration.ts';
import { CreateSessions1763600000001 } from './migrations/1763600000001-create-sessions.migration.ts';
import { CreateKeys1763600000002 } from './migrations/1763600000002-create-keys.migration.ts';
import { SessionEntity } from './sessions/session.entity.ts';
import { UserEntity } from './users/user.entity.ts';

/** What identity stores. */
export const database: Schema = {
  entities: [UserEntity, SessionEntity, SigningKeyEntity],
  migrations: [
    CreateUsers1763600000000,
    CreateSessions1763600000001,
    CreateKeys1763600000002,
    CreateMessaging1764000000000,
  ],
};

export const migrate = (urls: MigrationUrls) => migrateSchema(urls, database);
