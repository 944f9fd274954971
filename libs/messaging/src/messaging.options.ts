import type { EventContract } from '@cairn/contracts/events';
import { z } from 'zod';
import { BrokerConfigSchema } from './broker/broker.options.ts';
import type { SpoolConfig } from './spool/spool.options.ts';

export const MESSAGING_OPTIONS = Symbol('MESSAGING_OPTIONS');
export const BROKER = Symbol('BROKER');
/** Undefined where the service has no spool. */
export const FACT_SENDER = Symbol('FACT_SENDER');

/** The part of a service's environment that messaging needs, beside DATABASE_URL and REDIS_URL. */
export const MessagingConfigSchema = z.object({
  ...BrokerConfigSchema.shape,
  INBOX_DAYS: z.coerce.number().int().min(1).max(3_650).default(7).meta({
    description:
      'For how long it is remembered which events have been handled: a duplicate that comes later is handled again',
  }),
});
export type MessagingConfig = z.infer<typeof MessagingConfigSchema> &
  Partial<SpoolConfig> & {
    readonly DATABASE_URL: string;
    readonly REDIS_URL: string;
  };

/** What a service says of its events; its README, docs/events and the AsyncAPI document are made of it. */
export interface MessagingOptions {
  /** The source of its events, and its consumer group. */
  readonly service: string;
  readonly publishes: readonly EventContract[];
  /** What every instance hears, from now on: see `Broadcasts`. */
  readonly hears?: readonly EventContract[];
}

export const INBOX_DAYS = Symbol('INBOX_DAYS');
export const DATABASE_URL = Symbol('DATABASE_URL');
