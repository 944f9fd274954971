import type { Catalogue, PublishedEvent, Schema } from './event-catalogue.ts';

const CLOUD_EVENT = 'application/cloudevents+json';
/** Of which the examples are envelopes: otherwise generated anew each time. */
const EXAMPLE = { id: '019abf2e-7000-7000-8000-000000000001', time: '2026-01-31T12:00:00.000Z' };

const ref = (...names: string[]) => ({ $ref: `#/${names.map((name) => name.replaceAll('/', '~1')).join('/')}` });

/** AsyncAPI 3.0: a channel per topic, a message per event, an operation per service, topic and group. */
export function asyncApi({ envelope, events, services }: Catalogue) {
  const topics = Map.groupBy(events, (event) => event['x-topic']);
  const topicOf = (type: string) => events.find(({ title }) => title === type)?.['x-topic'] ?? '';
  const operation = (action: 'send' | 'receive', topic: string, types: readonly string[], words: object) => ({
    action,
    channel: ref('channels', topic),
    ...words,
    messages: [...new Set(types)].map((type) => ref('channels', topic, 'messages', type)),
  });
  const byTopic = (types: readonly string[]) => [...Map.groupBy(types, topicOf)];

  const operations = services.flatMap(({ service, publishes, consumes, hears }) => [
    ...byTopic(publishes).map(([topic, types]) => [
      `${service}.publishes.${topic}`,
      operation('send', topic, types, { summary: `${service} publishes` }),
    ]),
    ...[...Map.groupBy(consumes, ({ group }) => group)].flatMap(([group, those]) =>
      byTopic(those.map(({ type }) => type)).map(([topic, types]) => [
        `${service}.handles.${topic}.${group}`,
        operation('receive', topic, types, {
          summary: `One instance of ${service} handles each, in the group ${group}`,
          bindings: { kafka: { groupId: { type: 'string', enum: [group] }, bindingVersion: '0.5.0' } },
        }),
      ]),
    ),
    ...byTopic(hears).map(([topic, types]) => [
      `${service}.hears.${topic}`,
      operation('receive', topic, types, { summary: `Every instance of ${service} hears each, from now on` }),
    ]),
  ]);

  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Cairn: events',
      version: '1',
      description:
        'What services tell each other. The same on Kafka and on Redis Streams; delivery is at least once, in order per key.',
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    defaultContentType: CLOUD_EVENT,
    channels: Object.fromEntries(
      [...topics].map(([topic, those]) => [
        topic,
        {
          address: topic,
          description: `What ${topic} tells, in order per key.`,
          messages: Object.fromEntries(those.map(({ title }) => [title, ref('components', 'messages', title)])),
        },
      ]),
    ),
    operations: Object.fromEntries(operations),
    components: {
      messages: Object.fromEntries(events.map((event) => [event.title, message(event)])),
      schemas: {
        CloudEvent: plain(envelope),
        ...Object.fromEntries(events.map((event) => [event.title, plain(event)])),
      },
    },
  };
}

function message(event: PublishedEvent) {
  const key = event['x-ordering-key'].join(', ');
  return {
    name: event.title,
    title: event.title,
    summary: event.description,
    contentType: CLOUD_EVENT,
    payload: {
      allOf: [
        ref('components', 'schemas', 'CloudEvent'),
        {
          type: 'object',
          properties: { type: { const: event.title }, data: ref('components', 'schemas', event.title) },
        },
      ],
    },
    bindings: { kafka: { key: { type: 'string', description: `The subject: ${key}` }, bindingVersion: '0.5.0' } },
    examples: [{ name: event.title, payload: exampleOf(event) }],
  };
}

/** A whole event, as it crosses the broker. */
export function exampleOf(event: PublishedEvent): object {
  const [data] = event.examples as readonly Record<string, unknown>[];
  return {
    specversion: '1.0',
    id: EXAMPLE.id,
    source: `/cairn/${event['x-topic']}`,
    type: event.title,
    time: EXAMPLE.time,
    subject: event['x-ordering-key'].map((field) => String(data?.[field])).join('/'),
    datacontenttype: 'application/json',
    data,
  };
}

/** AsyncAPI's own kind of schema is a superset of JSON Schema draft 7; what zod writes of ours is the same in both. */
function plain({ $schema: _, 'x-topic': _topic, 'x-ordering-key': _key, ...schema }: Schema): Schema {
  return schema;
}
