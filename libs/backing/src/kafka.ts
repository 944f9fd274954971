import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findKafka, type KafkaProgram } from './kafka-program.ts';
import { explain, freePort, makePrivateFolder, ownGroup, saysReady } from './server.ts';
import type { RunningServer, ServerOptions } from './server.ts';

/**
 * Starts a private Kafka, broker and controller in one JVM, on a folder that is made when it is new. Resolves when it accepts
 * connections; its URL is `127.0.0.1:port`, as KAFKA_BROKERS wants it. What it has acknowledged outlives `kill -9`, as that leaves the
 * pages that the kernel has yet to write. It knows no password: whoever is on this machine may come in.
 */
export async function startKafka(options: ServerOptions): Promise<RunningServer> {
  const program = await findKafka(options.onProgress);
  makePrivateFolder(options.folder);
  const data = path.join(options.folder, 'data');
  const file = (name: string, lines: readonly string[]) => {
    writeFileSync(path.join(options.folder, name), `${lines.join('\n')}\n`);
    return name;
  };
  const logging = file('log4j2.properties', LOGGING);
  if (!existsSync(data)) {
    const unfinished = `${data}.new`;
    rmSync(unfinished, { recursive: true, force: true });
    const config = file('format.properties', configuration(options.port, await freePort(), unfinished));
    await format(program, config, options);
    renameSync(unfinished, data);
  }
  // The controller's port is nobody else's business: another one at every start.
  const config = file('server.properties', configuration(options.port, await freePort(), data));
  const server = spawn(
    program.java,
    [...JVM, `-Dlog4j2.configurationFile=${logging}`, '-cp', program.classPath, 'kafka.Kafka', config],
    {
      ...ownGroup,
      cwd: options.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  options.onSpawn?.(server, 'SIGTERM');
  await saysReady(server, 'Kafka', options);
  return { process: server, url: `127.0.0.1:${options.port}`, stopSignal: 'SIGTERM' };
}

/** Small, and soon there: it serves one machine. */
const JVM = ['-Xms96m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'];

/** Only what goes wrong, and that it has started. */
const LOGGING = [
  'rootLogger.level=warn',
  'rootLogger.appenderRef.out.ref=out',
  'logger.started.name=kafka.server.KafkaRaftServer',
  'logger.started.level=info',
  'appender.out.type=Console',
  'appender.out.name=out',
  'appender.out.layout.type=PatternLayout',
  'appender.out.layout.pattern=%d %p %m%n%ex{short}',
];

const configuration = (port: number, controllerPort: number, data: string) => [
  'process.roles=broker,controller',
  'node.id=1',
  `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
  `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
  `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`,
  'controller.listener.names=CONTROLLER',
  `log.dirs=${data.replaceAll('\\', '/')}`,
  'auto.create.topics.enable=false',
  // One broker is all there is.
  'default.replication.factor=1',
  'offsets.topic.replication.factor=1',
  'offsets.topic.num.partitions=1',
  'transaction.state.log.replication.factor=1',
  'transaction.state.log.min.isr=1',
  'share.coordinator.state.topic.replication.factor=1',
  'share.coordinator.state.topic.min.isr=1',
  // Nobody waits for more members of a group, nor long for dead ones.
  'group.initial.rebalance.delay.ms=0',
  'group.min.session.timeout.ms=500',
  // How far a group has come is remembered for a year after its last consumer has left, not for a week.
  'offsets.retention.minutes=525600',
];

/** Once. */
async function format(program: KafkaProgram, config: string, options: ServerOptions): Promise<void> {
  const id = randomBytes(16).toString('base64url').replace(/^-/, '_');
  const tool = ['-cp', program.classPath, 'kafka.tools.StorageTool', 'format', '-t', id, '-c', config];
  const child = spawn(program.java, [...JVM, ...tool], {
    ...ownGroup,
    cwd: options.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  options.onSpawn?.(child, 'SIGTERM');
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (log += text));
  await new Promise<void>((resolve, reject) => {
    child.once('error', (error) => reject(explain('Kafka', error.message, options.port, options.folder)));
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(explain('Kafka', log, options.port, options.folder)),
    );
  });
}
