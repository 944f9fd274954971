import { AuthConfigSchema, AuthModule } from '@cairn/auth';
import { defineEvent, type CloudEvent } from '@cairn/contracts/events';
import { DatabaseConfigSchema, DatabaseModule, type Transaction } from '@cairn/database';
import { migrateSchema, type MigrationUrls } from '@cairn/database/migrate';
import { Injectable, Module, type DynamicModule, type Provider } from '@nestjs/common';
import { z } from 'zod';
import { CannotBeHandled, Consumer, MessagingConfigSchema, MessagingModule } from '../src/index.ts';
import { MemoryBroker } from '../src/testing/memory.broker.ts';
import { BROKER } from '../src/messaging.options.ts';
import { CreateMessaging1764000000000 } from '../src/schema.ts';

const dataSchema = z.object({ thingId: z.string(), step: z.number() });
const subjectOf = ({ thingId }: { thingId: string }) => thingId;
export const thingMoved = defineEvent('things.thing-moved.v1', { description: 'A thing has moved.', schema: dataSchema, subjectOf }); // prettier-ignore
export const thingBent = defineEvent('things.thing-bent.v1', { description: 'A thing is bent.', schema: dataSchema, subjectOf }); // prettier-ignore

type Thing = CloudEvent<z.output<typeof dataSchema>>;

/** What has been done, and what cannot be done at the moment. */
export const things = { handled: [] as Thing[], broken: new Set<string>() };
export const stepsOf = (thingId: string) => things.handled.filter(({ data }) => data.thingId === thingId).map(({ data }) => data.step); // prettier-ignore

async function handle(event: Thing, tx: Transaction): Promise<void> {
  if (things.broken.has(`${event.data.thingId}/${event.data.step}`)) throw new CannotBeHandled('It is broken');
  await tx.query('SELECT 1');
  things.handled.push(event);
}

@Consumer({ event: thingMoved })
@Injectable()
class OnThingMovedConsumer {
  handle = handle;
}

@Consumer({ event: thingBent })
@Injectable()
class OnThingBentConsumer {
  handle = handle;
}

const ConfigSchema = z.object({
  ...DatabaseConfigSchema.shape,
  ...AuthConfigSchema.shape,
  ...MessagingConfigSchema.shape,
});
const schema = { entities: [], migrations: [CreateMessaging1764000000000] };

@Module({})
class ThingsModule {
  static with(config: z.infer<typeof ConfigSchema>): DynamicModule {
    const messaging = MessagingModule.forRoot(config, { service: 'things', publishes: [thingMoved, thingBent] });
    const inMemory = (provider: Provider) =>
      'provide' in provider && provider.provide === BROKER ? { provide: BROKER, useClass: MemoryBroker } : provider;
    return {
      module: ThingsModule,
      imports: [
        DatabaseModule.forRoot(config, schema),
        AuthModule.forRoot(config, { service: 'things' }),
        { ...messaging, providers: messaging.providers!.map(inMemory) },
      ],
      providers: [OnThingMovedConsumer, OnThingBentConsumer],
    };
  }
}

/** The least service that reacts to events, on a broker in memory. */
export const thingsService = {
  name: 'things',
  title: 'Things',
  config: ConfigSchema,
  module: ThingsModule,
  migrate: (urls: MigrationUrls) => migrateSchema(urls, schema),
};
