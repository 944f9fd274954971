import { Logger, Module, type DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { Broker } from './broker/broker.ts';
import { connectBroker } from './broker/connect-broker.ts';
import { Broadcasts } from './broadcasts.service.ts';
import { ForgetHandledJob } from './consumer/forget-handled.job.ts';
import { deadLetterControllers } from './dead-letters/dead-letters.controller.ts';
import { DeadLetters } from './dead-letters/dead-letters.handler.ts';
import { DeadLetterRepository } from './dead-letters/dead-letters.repository.ts';
import { ParkedEventsGaugeJob } from './dead-letters/parked-events-gauge.job.ts';
import { Facts } from './facts.service.ts';
import {
  BROKER,
  DATABASE_URL,
  FACT_SENDER,
  INBOX_DAYS,
  MESSAGING_OPTIONS,
  type MessagingConfig,
  type MessagingOptions,
} from './messaging.options.ts';
import { Messaging } from './messaging.service.ts';
import { Outbox } from './outbox/outbox.service.ts';
import { connectSpool } from './spool/connect-spool.ts';
import { WriteEventsCommand } from './write-events.command.ts';

/** Imported after DatabaseModule: opened later, closed before it. */
@Module({})
export class MessagingModule {
  static forRoot(config: MessagingConfig, options: MessagingOptions): DynamicModule {
    return {
      module: MessagingModule,
      global: true,
      imports: [DiscoveryModule],
      controllers: deadLetterControllers(options.service),
      providers: [
        { provide: MESSAGING_OPTIONS, useValue: options },
        { provide: INBOX_DAYS, useValue: config.INBOX_DAYS },
        { provide: DATABASE_URL, useValue: config.DATABASE_URL },
        {
          provide: BROKER,
          useFactory: () => connectBroker(config, options.service, (sentence) => new Logger('Broker').warn(sentence)),
        },
        {
          provide: FACT_SENDER,
          inject: [BROKER],
          useFactory: (broker: Broker) => connectSpool(config, options.service, broker, new Logger('Spool')),
        },
        Outbox,
        Facts,
        Broadcasts,
        Messaging,
        DeadLetters,
        DeadLetterRepository,
        ParkedEventsGaugeJob,
        ForgetHandledJob,
        WriteEventsCommand,
      ],
      exports: [Outbox, Facts, Broadcasts],
    };
  }
}
