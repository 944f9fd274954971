import { hitsReceived } from './analytics.events.ts';
import * as blog from './blog.events.ts';
import type { EventContract } from './event-contract.ts';
import * as identity from './identity.events.ts';
import { linkLimitReached, linkVisitsRecorded } from './links.events.ts';

export * from './identity.events.ts';
export * from './blog.events.ts';
export * from './links.events.ts';
export * from './analytics.events.ts';
export { AudienceSchema, type Audience } from './audience.ts';
export { CloudEventSchema, type CloudEvent } from './cloud-event.ts';
export { defineEvent, nameAndVersion, type EventContract, type EventData } from './event-contract.ts';

/** Every event that crosses services. */
export const events: readonly EventContract[] = [
  ...Object.values(identity),
  ...Object.values(blog),
  linkLimitReached,
  linkVisitsRecorded,
  hitsReceived,
];
