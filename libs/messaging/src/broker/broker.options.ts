import { z } from 'zod';

/** Where the broker is and how it is spoken to. */
export const BrokerConfigSchema = z.object({
  BROKER: z
    .enum(['redis', 'kafka'])
    .default('redis')
    .meta({ description: 'What carries the events: Redis Streams or Kafka' }),
  BROKER_REDIS_URL: z
    .url({ protocol: /^rediss?$/ })
    .optional()
    .meta({
      description: 'The Redis of the streams alone, apart from caches and limits; `REDIS_URL` unless told otherwise',
    }),
  KAFKA_BROKERS: z
    .string()
    .default('127.0.0.1:9092')
    .transform((list) => list.split(',').map((each) => each.trim()))
    .meta({ description: 'Where Kafka is, as `host:port`, separated by commas' }),
  KAFKA_TLS: z.stringbool().default(false).meta({
    description: 'Speaks TLS to Kafka; an authority of your own is trusted by `NODE_EXTRA_CA_CERTS`',
  }),
  KAFKA_SASL_MECHANISM: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).optional().meta({
    description: 'How we say to Kafka who we are; `plain` shows the password to whoever listens, unless there is TLS',
  }),
  KAFKA_USERNAME: z.string().min(1).optional().meta({ description: 'With `KAFKA_SASL_MECHANISM`' }),
  KAFKA_PASSWORD: z.string().min(1).optional().meta({ description: 'With `KAFKA_SASL_MECHANISM`' }),
  KAFKA_RETENTION_DAYS: z.coerce.number().positive().max(3_650).optional().meta({
    description:
      'For how long Kafka keeps what is in topics that are made from now on, longer than any group may be behind; for ever unless told otherwise',
  }),
});

type Parsed = z.infer<typeof BrokerConfigSchema>;
export type BrokerConfig = Pick<Parsed, 'BROKER' | 'KAFKA_BROKERS'> & Partial<Parsed> & { readonly REDIS_URL: string };
