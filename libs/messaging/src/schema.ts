export { CreateMessaging1764000000000 } from './outbox/1764000000000-create-messaging.migration.ts';
