import { migrateSchema, type MigrationUrls } from '@cairn/database/migrate';
import { CreateIdempotencyKeys1763500000000, type Schema } from '@cairn/database/schema';
import { CreateMessaging1764000000000 } from '@cairn/messaging/schema';
import { CreateVisitorSalts1764100000000 } from '@cairn/visitors/schema';
import { LinkEntity } from './links/link.entity.ts';
import { CreateLinks1764100100000 } from './migrations/1764100100000-create-links.migration.ts';

/** What links stores: for the service and for the tests that need only its database. */
export const database: Schema = {
  entities: [LinkEntity],
  migrations: [
    CreateIdempotencyKeys1763500000000,
    CreateMessaging1764000000000,
    CreateVisitorSalts1764100000000,
    CreateLinks1764100100000,
  ],
  appendOnly: ['visitor_salts'], // rows go by a function of the owner
};

export const migrate = (urls: MigrationUrls) => migrateSchema(urls, database);
