import { runMigrate } from '@cairn/database/migrate';
import { database } from './database.ts';

await runMigrate(database);
