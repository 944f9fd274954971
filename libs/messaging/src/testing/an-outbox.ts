import { events } from '@cairn/contracts/events';
import { Outbox } from '../outbox/outbox.service.ts';

/** For a test of what publishes: of a service that may publish everything. What it publishes stands in the table. */
export const anOutbox = () => new Outbox({ service: 'test', publishes: events });
