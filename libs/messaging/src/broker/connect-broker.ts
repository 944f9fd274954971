import type { KafkaBrokerOptions } from '../kafka/kafka.broker.ts';
import type { Broker } from './broker.ts';
import type { BrokerConfig } from './broker.options.ts';

export { BrokerConfigSchema, type BrokerConfig } from './broker.options.ts';

/**
 * Only the driver that is used is loaded. None connects before it is used. `onWarning` gets what the driver has to say, in a sentence.
 * @throws Error in one sentence when settings contradict each other
 */
export async function connectBroker(
  config: BrokerConfig,
  clientId: string,
  onWarning?: (sentence: string) => void,
): Promise<Broker> {
  if (config.BROKER === 'kafka') {
    const options = kafkaOptions(config);
    const { KafkaBroker } = await import('../kafka/kafka.broker.ts');
    return new KafkaBroker({ ...options, clientId, ...(onWarning && { onWarning }) });
  }
  const { RedisBroker } = await import('../redis/redis.broker.ts');
  return new RedisBroker({ url: config.BROKER_REDIS_URL ?? config.REDIS_URL });
}

const DAY_MS = 24 * 60 * 60 * 1_000;

function kafkaOptions(config: BrokerConfig): Omit<KafkaBrokerOptions, 'clientId' | 'onWarning'> {
  const { KAFKA_BROKERS: brokers, KAFKA_TLS: tls = false, KAFKA_RETENTION_DAYS: days } = config;
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = config;
  const common = { brokers, tls, ...(days !== undefined && { retentionMs: Math.round(days * DAY_MS) }) };
  if (!mechanism && username === undefined && password === undefined) return common;
  // Alone, a name would be left unsaid, and the broker would see a stranger.
  if (!mechanism || username === undefined || password === undefined)
    throw new Error('KAFKA_SASL_MECHANISM, KAFKA_USERNAME and KAFKA_PASSWORD go together: set all three or none');
  return { ...common, sasl: { mechanism, username, password } };
}
