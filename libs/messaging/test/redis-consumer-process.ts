import { RedisBroker } from '../src/redis/redis.broker.ts';

/* A consumer of its own, to be frozen and killed: says `<pid> handles <value>` and `<pid> handled <value>`, and takes its time between. */
const [url, topic, group, takesMs] = process.argv.slice(2) as [string, string, string, string];
const broker = new RedisBroker({ url });
const say = (what: string) => process.stdout.write(`${process.pid} ${what}\n`);

await broker.consume({ group, topics: [topic], maxBatch: 10 }, async (deliveries) => {
  for (const { value } of deliveries) say(`handles ${value}`);
  await new Promise((resolve) => setTimeout(resolve, Number(takesMs)));
  for (const { value } of deliveries) say(`handled ${value}`);
});
say('takes part');
