import { migrateSchema, type MigrationUrls } from '@cairn/database/migrate';
import { CreateIdempotencyKeys1763500000000, type Schema } from '@cairn/database/schema';
import { CreateMessaging1764000000000 } from '@cairn/messaging/schema';
import { CreateVisitorSalts1764100000000 } from '@cairn/visitors/schema';
import { CreateHits1764100100000 } from './migrations/1764100100000-create-hits.migration.ts';
import { CreateRollups1764100200000 } from './migrations/1764100200000-create-rollups.migration.ts';

/** What analytics stores: for the service and for the tests that need only its database. */
export const database: Schema = {
  entities: [],
  migrations: [
    CreateIdempotencyKeys1763500000000,
    CreateMessaging1764000000000,
    CreateVisitorSalts1764100000000,
    CreateHits1764100100000,
    CreateRollups1764100200000,
  ],
  appendOnly: ['visitor_salts'], // rows go by a function of the owner
};

export const migrate = (urls: MigrationUrls) => migrateSchema(urls, database);
