export { CreateVisitorSalts1764100000000 } from './1764100000000-create-visitor-salts.migration.ts';
