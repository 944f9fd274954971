import type { KafkaMessage } from 'kafkajs';
import type { Delivery } from '../broker/broker.ts';

export const deliveryOf = (topic: string, partition: number, message: KafkaMessage): Delivery => ({
  topic,
  key: message.key?.toString() ?? '',
  headers: Object.fromEntries(Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)])),
  value: message.value?.toString() ?? '',
  position: `${topic}/${partition}/${message.offset}`,
});
