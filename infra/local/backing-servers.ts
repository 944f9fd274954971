import { Problem, startKafka, startPostgres, startRedis, type RunningServer, type ServerOptions } from '@cairn/backing';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import type { Processes } from './processes.ts';
import { Supervised } from './supervised.ts';
import type { Terminal } from './terminal.ts';
import { backingPorts } from './topology.ts';
import { dataFolder } from './workspace.ts';

export interface BackingContext {
  readonly portBase: number;
  readonly processes: Processes;
  readonly terminal: Terminal;
  readonly secret: (name: string) => string;
}

/** Answers the URL of a server on which databases may be created: the person's own, else the embedded one. */
export async function postgresUrl(context: BackingContext): Promise<string> {
  const { DATABASE_URL } = process.env;
  if (DATABASE_URL)
    return valid('DATABASE_URL', DATABASE_URL, /^postgres(ql)?:$/, 'postgres://user:password@host:5432/postgres');
  const { url, data } = await supervised('postgres', startPostgres, context);
  if (!data.startsWith(dataFolder))
    context.terminal.say(`PostgreSQL's data are in ${data}, because its user cannot enter ${dataFolder}`);
  return url;
}

export async function redisUrl(context: BackingContext): Promise<string> {
  const { REDIS_URL } = process.env;
  if (!REDIS_URL) return (await supervised('redis', startRedis, context)).url;
  await assertRedisAnswers(valid('REDIS_URL', REDIS_URL, /^rediss?:$/, 'redis://host:6379'));
  return REDIS_URL;
}

/** Answers where Kafka is, as `host:port`, separated by commas: the person's own, else a private one. */
export async function kafkaBrokers(context: BackingContext): Promise<string> {
  const { KAFKA_BROKERS } = process.env;
  if (!KAFKA_BROKERS) return (await supervised('kafka', startKafka, context)).url;
  if (!KAFKA_BROKERS.split(',').every((each) => /^\s*[^\s:/]+:\d+\s*$/.test(each)))
    throw new Problem('The environment variable KAFKA_BROKERS is wrong: it takes a list like host:9092,other:9092.');
  return KAFKA_BROKERS;
}

function valid(variable: string, value: string, protocol: RegExp, example: string): string {
  if (!URL.canParse(value) || !protocol.test(new URL(value).protocol))
    throw new Problem(`The environment variable ${variable} is wrong: it takes a URL like ${example}.`);
  return value;
}

async function assertRedisAnswers(url: string): Promise<void> {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 5_000 });
  let reason = '';
  redis.on('error', (error: Error & { code?: string }) => (reason = error.message || error.code || reason));
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    const { host } = new URL(url);
    throw new Problem(
      `No Redis answers at ${host}: start it or mend REDIS_URL (${reason || (error as Error).message}).`,
    );
  } finally {
    redis.disconnect();
  }
}

async function supervised<Server extends RunningServer>(
  name: keyof typeof backingPorts,
  starter: (options: ServerOptions) => Promise<Server>,
  { portBase, processes, terminal, secret }: BackingContext,
): Promise<Server> {
  const log = createWriteStream(path.join(dataFolder, 'logs', `${name}.log`), { flags: 'a' }).on('error', () => {});
  let server: Server | undefined;
  const begin = async () =>
    (server = await starter({
      folder: path.join(dataFolder, name),
      port: portBase + backingPorts[name],
      password: secret(name),
      onSpawn: (child, stopSignal) => processes.add(name, child, stopSignal),
      onLog: (text) => log.write(text),
      onProgress: (sentence) => terminal.say(sentence),
    }));
  await new Supervised(name, begin, processes, terminal).start();
  return server!;
}
