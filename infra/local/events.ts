import { Problem } from '@cairn/backing';
import { BrokerConfigSchema, connectBroker } from '@cairn/messaging/broker';
import { parseArgs } from 'node:util';
import { readCatalogue } from './event-catalogue.ts';
import { runningBroker } from './instances.ts';
import { tailLine } from './tail-line.ts';
import { Terminal } from './terminal.ts';
import { dataFolder, workspace } from './workspace.ts';

const HELP = `npm run events -- tail [type …]

  tail                        shows every event as it crosses the broker of the running system, until Ctrl-C
  tail blog.post-published.v1 only of these types
  --from-start                first what the broker still has from before
  --help                      this text

docs/events says what there is.
`;

/* A line per event: time, type, subject, id, data. */
const terminal = new Terminal();
try {
  const { values, positionals } = parsed(process.argv.slice(2));
  if (values.help) terminal.print(HELP);
  else await tail(positionals, values['from-start'] ?? false);
} catch (error) {
  terminal.fail(error);
  process.exitCode = 1;
}

async function tail([action = 'tail', ...types]: readonly string[], isFromOldest: boolean): Promise<void> {
  if (action !== 'tail') throw new Problem(`Say what to do: tail, not "${action}".`);
  const { events } = readCatalogue(workspace);
  const unknown = types.find((type) => !events.some(({ title }) => title === type));
  if (unknown !== undefined)
    throw new Problem(`There is no event "${unknown}": choose from ${events.map(({ title }) => title).join(', ')}.`);
  const noted = runningBroker(dataFolder);
  if (!noted) throw new Problem('Nothing runs here: `npm start` first.');
  const config = { ...BrokerConfigSchema.parse(noted), REDIS_URL: noted.REDIS_URL ?? '' };
  const concerned = events.filter(({ title }) => !types.length || types.includes(title));
  const topics = [...new Set(concerned.map((event) => event['x-topic']))];

  const broker = await connectBroker(config, 'events-tail');
  const hear = ({ value }: { value: string }) => {
    const line = tailLine(value, types, process.stdout.isTTY);
    if (line !== undefined) terminal.print(line);
  };
  await broker.listen(topics, hear, { isFromOldest });
  console.error(
    `Listening to ${topics.join(', ')} on ${config.BROKER === 'kafka' ? 'Kafka' : 'Redis Streams'}; Ctrl-C ends it.`,
  );
  const stop = () => void broker.close().finally(() => process.exit(0));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  process.stdout.on('error', stop); // `| head` has seen enough
}

function parsed(args: readonly string[]) {
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: { help: flag, 'from-start': flag } });
  } catch (error) {
    const [sentence] = (error as Error).message.split(/\.\s/);
    throw new Problem(`${sentence}: \`npm run events -- --help\` lists what there is.`);
  }
}
