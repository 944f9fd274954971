import { CloudEventSchema, nameAndVersion, type CloudEvent, type EventContract } from '@cairn/contracts/events';
import { context, propagation, trace } from '@opentelemetry/api';
import { propagationHeaders } from '@cairn/observability';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { BrokerRecord } from './broker/broker.ts';
import { InvalidEvent } from './messaging.errors.ts';

/** CloudEvents, Kafka protocol binding 1.0.2, section 3.3: structured content mode. */
const HEADERS = { 'content-type': 'application/cloudevents+json; charset=UTF-8' };

/**
 * The record of an event that happens now, in the trace of the work under way.
 * @param isChecked the caller vouches that the data fit the contract, as its consumers will see for themselves
 * @throws InvalidEvent
 */
export function toRecord<Schema extends z.ZodObject>(
  contract: EventContract<Schema>,
  data: z.input<Schema>,
  service: string,
  isChecked = false,
): BrokerRecord {
  const fitting = isChecked ? (data as z.output<Schema>) : checked(contract, data);
  const event: CloudEvent = {
    specversion: '1.0',
    id: uuidv7(),
    source: `/cairn/${service}`,
    type: contract.type,
    time: new Date().toISOString(),
    subject: contract.subjectOf(fitting),
    datacontenttype: 'application/json',
    ...traceOfNow(),
    data: fitting,
  };
  return { topic: contract.topic, key: event.subject, headers: HEADERS, value: JSON.stringify(event) };
}

function checked<Schema extends z.ZodObject>(contract: EventContract<Schema>, data: z.input<Schema>): z.output<Schema> {
  const parsed = contract.schema.safeParse(data);
  if (!parsed.success) throw new InvalidEvent(`${contract.type} cannot be published: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function traceOfNow(): { traceparent?: string; tracestate?: string } {
  const carrier: { traceparent?: string; tracestate?: string } = {};
  if (trace.getActiveSpan()) propagation.inject(context.active(), carrier);
  else {
    const { traceparent, tracestate } = propagationHeaders();
    if (traceparent) carrier.traceparent = traceparent;
    if (tracestate) carrier.tracestate = tracestate;
  }
  return carrier;
}

/** What a record turns out to be for those who handle `handled`, of all events that this process `knows`. */
export type Read =
  | { readonly kind: 'event'; readonly event: CloudEvent; readonly contract: EventContract }
  /** Somebody else's. */
  | { readonly kind: 'other' }
  | {
      readonly kind: 'unreadable';
      readonly id: string | undefined;
      readonly type: string | undefined;
      readonly reason: string;
    };

/**
 * Another version of what is handled is somebody else's when this process knows its contract, for then it was left out on purpose;
 * one that it does not know came too early, or from a mistake, and must not go by unseen.
 */
export function readRecord(
  value: string,
  handled: ReadonlyMap<string, EventContract>,
  knows: ReadonlySet<string>,
): Read {
  const envelope = CloudEventSchema.safeParse(parseJson(value));
  if (!envelope.success)
    return {
      kind: 'unreadable',
      id: undefined,
      type: undefined,
      reason: `No CloudEvent: ${z.prettifyError(envelope.error)}`,
    };
  const { id, type } = envelope.data;
  const contract = handled.get(type);
  if (!contract) {
    const { name } = nameAndVersion(type);
    const isAnotherVersion = [...handled.keys()].some((each) => nameAndVersion(each).name === name);
    if (knows.has(type) || !isAnotherVersion) return { kind: 'other' };
    return { kind: 'unreadable', id, type, reason: `Unknown version: ${type}` };
  }
  const data = contract.schema.safeParse(envelope.data.data);
  if (!data.success) return { kind: 'unreadable', id, type, reason: `Invalid data: ${z.prettifyError(data.error)}` };
  return { kind: 'event', contract, event: { ...envelope.data, data: data.data } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
