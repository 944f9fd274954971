// publishing
export { Outbox } from './outbox/outbox.service.ts';
export { Facts } from './facts.service.ts';
export { InvalidEvent, SpoolIsFull } from './messaging.errors.ts';
// reacting
export { Consumer, type ConsumerProvider } from './consumer/consumer.decorator.ts';
export { Broadcasts } from './broadcasts.service.ts';
export { liveEvents, type LiveEvents } from './live-events.ts';
export { CannotBeHandled } from './messaging.errors.ts';
// wiring
export { MessagingModule } from './messaging.module.ts';
export { MessagingConfigSchema, type MessagingOptions } from './messaging.options.ts';
export { SpoolConfigSchema, type SpoolConfig } from './spool/spool.options.ts';
// another broker
export {
  PARTITIONS,
  type Broker,
  type BrokerRecord,
  type ConsumeOptions,
  type Consumption,
  type Delivery,
  type Handle,
  type ListenOptions,
} from './broker/broker.ts';
