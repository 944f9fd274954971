import type { z } from 'zod';

/** What an event of one type and version says: the publisher's promise and the consumer's type. */
export interface EventContract<Schema extends z.ZodObject = z.ZodObject> {
  /** `identity.user-registered.v1`: who says it, what happened, which version of its data. */
  readonly type: string;
  /** Events of one topic that have the same subject are handled in the order in which they were published. */
  readonly topic: string;
  /** When it is published, in a sentence. */
  readonly description: string;
  readonly schema: Schema;
  /** The ordering key, from the data: the id of what it happened to. */
  subjectOf(data: z.output<Schema>): string;
}

export type EventData<Contract extends EventContract> = z.output<Contract['schema']>;

const TYPE = /^([a-z][a-z0-9-]*)\.[a-z][a-z0-9-]*\.v[1-9]\d*$/;

/** The topic is the first part of the type: whatever a service says of one thing stays in order. @throws TypeError for another type than `service.what-happened.v1` */
export function defineEvent<Schema extends z.ZodObject>(
  type: string,
  contract: Pick<EventContract<Schema>, 'description' | 'schema' | 'subjectOf'>,
): EventContract<Schema> {
  const [, topic] = TYPE.exec(type) ?? [];
  if (!topic) throw new TypeError(`"${type}" is no event type: it takes a form like blog.post-published.v1`);
  return { type, topic, ...contract };
}

/** `identity.user-registered` and 1. */
export function nameAndVersion(type: string): { name: string; version: number } {
  const at = type.lastIndexOf('.v');
  return { name: type.slice(0, at), version: Number(type.slice(at + 2)) };
}
