import { randomUUID } from 'node:crypto';
import { connectBroker } from '../src/broker/connect-broker.ts';
import { FactSender } from '../src/spool/fact-sender.ts';
import { Spool } from '../src/spool/spool.ts';

/* A process that says facts as fast as they are taken, to be killed: `accepted <n>` for each, and on stderr what is wrong. */
const [kind, url, directory, topic, first] = process.argv.slice(2) as [string, string, string, string, string];
const config = { BROKER: kind as 'redis' | 'kafka', REDIS_URL: url, KAFKA_BROKERS: [url] };
const sender = new FactSender({
  broker: await connectBroker(config, 'facts'),
  spool: new Spool(directory, 100_000_000),
  onTrouble: (trouble) => console.error(trouble?.message ?? 'all is well again'),
  onRefused: (record, error) => console.error('refused', record, error),
  onTorn: (file, bytes) => console.error('torn', file, bytes),
});
await sender.start();
process.once('SIGTERM', () => void sender.stop().then(() => process.exit()));

let n = Number(first);
const say = async () => {
  for (;;) {
    const own = n++;
    const value = JSON.stringify({ id: randomUUID(), data: { n: own } });
    await sender.publish({ topic, key: `key-${own % 50}`, headers: {}, value });
    process.stdout.write(`accepted ${own}\n`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};
await Promise.all(Array.from({ length: 20 }, say));
