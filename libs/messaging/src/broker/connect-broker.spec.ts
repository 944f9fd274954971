import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@cairn/testing';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Broker } from './broker.ts';
import { BrokerConfigSchema, connectBroker } from './connect-broker.ts';

/* Something that takes connections and hears what the driver says first. */
let server: Server;
let sockets: Socket[];
let broker: Broker | undefined;
let heard: Buffer;
/** What is answered to the first request, the second … */
let answers: readonly ((correlation: number) => Buffer)[];

beforeEach(async () => {
  [sockets, heard, answers, broker] = [[], Buffer.alloc(0), [], undefined];
  server = createServer((socket) => {
    let n = 0;
    sockets.push(socket);
    socket
      .on('error', () => undefined)
      .on('data', (bytes) => {
        heard = Buffer.concat([heard, bytes]);
        const answer = answers[n++];
        if (answer) socket.write(answer(bytes.readInt32BE(8)));
      });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  server.close();
  await broker?.close();
});

const address = () => `127.0.0.1:${(server.address() as AddressInfo).port}`;
async function connect(settings: NodeJS.ProcessEnv) {
  const nowhere = 'redis://127.0.0.1:1';
  broker = await connectBroker({ REDIS_URL: nowhere, ...BrokerConfigSchema.parse(settings) }, 'test');
  broker.check().catch(() => undefined);
}
const toKafka = (settings: NodeJS.ProcessEnv) => connect({ BROKER: 'kafka', KAFKA_BROKERS: address(), ...settings });

/** Kafka's protocol: a length, which request it is to, then the answer. */
const answer = (body: Buffer) => (correlation: number) => {
  const header = Buffer.alloc(8);
  header.writeInt32BE(body.length + 4, 0);
  header.writeInt32BE(correlation, 4);
  return Buffer.concat([header, body]);
};
const numbers = (...values: number[]) => Buffer.concat(values.map((value) => Buffer.from([value >> 8, value & 255])));
/** No error, four requests with the versions that there are: Metadata, SaslHandshake, ApiVersions, SaslAuthenticate; not throttled. */
const VERSIONS = answer(numbers(0, 0, 4, 3, 0, 6, 17, 0, 1, 18, 0, 2, 36, 0, 1, 0, 0));
/** No error, and one mechanism that it takes. */
const taking = (name: string) => answer(Buffer.concat([numbers(0, 0, 1, name.length), Buffer.from(name)]));

test('the streams have a Redis of their own where there is one', async () => {
  await connect({ BROKER: 'redis', BROKER_REDIS_URL: `redis://${address()}` });
  await eventually(() => expect(sockets.length).toBeGreaterThan(0));
});

test('TLS is spoken to Kafka when it is to be, and only then', async () => {
  await toKafka({ KAFKA_TLS: 'true' });
  await eventually(() => expect(heard[0]).toBe(0x16)); // a handshake, RFC 8446 section 5.1
  await broker!.close();
  heard = Buffer.alloc(0);
  await toKafka({});
  await eventually(() => expect(heard[0]).toBe(0));
});

test.each([
  ['plain', 'PLAIN', '\0cairn\0secret'],
  ['scram-sha-256', 'SCRAM-SHA-256', 'n,,n=cairn,r='],
  ['scram-sha-512', 'SCRAM-SHA-512', 'n,,n=cairn,r='],
])('who we are is said to Kafka by %s', async (mechanism, name, first) => {
  answers = [VERSIONS, taking(name)];
  await toKafka({ KAFKA_SASL_MECHANISM: mechanism, KAFKA_USERNAME: 'cairn', KAFKA_PASSWORD: 'secret' });
  await eventually(() => expect(heard.toString('latin1')).toContain(first));
});

test.each([
  { KAFKA_SASL_MECHANISM: 'plain' },
  { KAFKA_SASL_MECHANISM: 'plain', KAFKA_USERNAME: 'cairn' },
  { KAFKA_USERNAME: 'cairn', KAFKA_PASSWORD: 'secret' },
])('a half of who we are is refused in a sentence: %j', async (settings) => {
  await expect(toKafka(settings)).rejects.toThrow(
    'KAFKA_SASL_MECHANISM, KAFKA_USERNAME and KAFKA_PASSWORD go together: set all three or none',
  );
});

test.each([{ KAFKA_SASL_MECHANISM: 'gssapi' }, { KAFKA_TLS: 'perhaps' }, { KAFKA_RETENTION_DAYS: '0' }])(
  '%j is no setting',
  (settings) => expect(() => BrokerConfigSchema.parse(settings)).toThrow(Object.keys(settings)[0]),
);
