import { problem } from '@cairn/http/errors';

/** Thrown by a handler when trying again cannot help: the event goes to the dead letters at once. */
export class CannotBeHandled extends Error {
  override readonly name = 'CannotBeHandled';
}

/** What a publisher was given does not fit its own contract: a bug of the publisher, who gets it before anything is stored. */
export class InvalidEvent extends Error {
  override readonly name = 'InvalidEvent';
}

/** A reader of live events takes them more slowly than they come. */
export class ReaderTooSlow extends problem({
  code: 'events.reader-too-slow',
  kind: 'unavailable',
  title: 'More events wait than are kept for one reader: subscribe again, and read what was missed',
}) {}

/** The broker is away, and what is kept for it until it is back has reached its bound or that of the disk: the fact is nowhere. */
export class SpoolIsFull extends problem({
  code: 'events.spool-full',
  kind: 'unavailable',
  title: 'What happened cannot be recorded at the moment: try again later',
}) {}

/** What a service publishes stands in its contracts page: nothing else leaves it. @throws InvalidEvent */
export function assertPublishes(
  { service, publishes }: { readonly service: string; readonly publishes: readonly { readonly type: string }[] },
  { type }: { readonly type: string },
): void {
  if (!publishes.some((each) => each.type === type))
    throw new InvalidEvent(`${service} does not say that it publishes ${type}`);
}
