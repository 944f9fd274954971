import type { Broker } from './broker.ts';

export interface BrokerConfig {
  readonly BROKER: 'redis' | 'kafka';
  readonly REDIS_URL: string;
  readonly KAFKA_BROKERS: readonly string[];
}

/** Only the driver that is used is loaded. None connects before it is used. `onWarning` gets what the driver has to say, in a sentence. */
export async function connectBroker(
  config: BrokerConfig,
  clientId: string,
  onWarning?: (sentence: string) => void,
): Promise<Broker> {
  if (config.BROKER === 'kafka') {
    const { KafkaBroker } = await import('../kafka/kafka.broker.ts');
    return new KafkaBroker({ brokers: config.KAFKA_BROKERS, clientId, ...(onWarning && { onWarning }) });
  }
  const { RedisBroker } = await import('../redis/redis.broker.ts');
  return new RedisBroker({ url: config.REDIS_URL });
}
