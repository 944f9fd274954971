import { DiscoveryService } from '@nestjs/core';
import { createLogger, flushTraces } from '@cairn/observability';
import { faultDialsSecret } from '@cairn/resilience';
import type { DynamicModule, INestApplicationContext } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Logger } from 'pino';
import { createApplication, serve } from './application.ts';
import { COMMAND, type CommandProvider } from './command.decorator.ts';
import { providersWith } from './discovery.ts';
import { writeEnvironmentTable } from './environment-table.ts';
import { environment, exampleEnvironment, ProcessConfigSchema, type ProcessConfig } from './environment.ts';
import { Lifecycle } from './lifecycle.service.ts';
import { describesRoutes, openApi, type OpenApiOptions } from './open-api.ts';

const SHUTDOWN_MS = 9_000;

export interface Service<Config extends z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly config: Config;
  readonly module: { with(config: z.infer<Config>): DynamicModule };
  /** Paths that do not stand under /api/v1, as Nest writes them: `feeds/{*path}`. */
  readonly outsideApi?: readonly string[];
  /** For a service that logs so much that it shows: see `LoggerOptions.buffered`. */
  readonly bufferedLog?: boolean;
}

/**
 * The process of a service. Without a command it serves; `generate` writes its API descriptions and needs no environment; other
 * commands (`rotate-keys` …) are brought by the libraries that the service uses.
 */
export async function run<Config extends z.ZodObject>(
  service: Service<Config>,
  command = process.argv[2] ?? 'serve',
): Promise<void> {
  try {
    if (command === 'serve') await start(service);
    else await execute(service, command);
  } catch (error) {
    fail(service.name, error);
  }
}

/** A line for whatever collects logs, a sentence for whoever looks on; a stack only of what a programmer must mend. */
function fail(name: string, error: unknown, words = sentence(error)): never {
  const hasStack = error instanceof Error && words === error.stack;
  createLogger({ name, level: 'fatal' }).fatal(hasStack ? { err: error } : {}, hasStack ? error.message : words);
  console.error(words);
  process.exit(1);
}

async function start<Config extends z.ZodObject>(service: Service<Config>) {
  const config = environment(z.intersection(ProcessConfigSchema, service.config)) as ProcessConfig & z.infer<Config>;
  const logger = createLogger({
    name: service.name,
    level: config.LOG_LEVEL,
    buffered: service.bufferedLog ?? false,
  });
  const app = await createApplication({
    ...service,
    module: service.module.with(config),
    trustedProxies: config.TRUSTED_PROXIES,
    metrics: config.METRICS,
    faultDialsSecret: faultDialsSecret(config),
    logger,
  });
  process.once('uncaughtException', (error) => fail(service.name, error, error.stack)); // an unhandled rejection too
  stopOnSignal(app, logger, config.SHUTDOWN_DELAY_MS);
  await serve(app, config.PORT, config.HOST);
  // Whatever the level: who started the process waits for this line.
  logger.child({}, { level: 'info' }).info({ host: config.HOST, port: config.PORT }, 'listening');
}

/** Takes no more work, finishes what is in flight and closes what was opened; what takes longer than that is cut off, and named. */
function stopOnSignal(app: NestFastifyApplication, logger: Logger, delayMs: number) {
  const lifecycle = app.get(Lifecycle);
  const stop = async (signal: string) => {
    const since = performance.now();
    logger.info({ signal }, 'stopping');
    await lifecycle.announce(delayMs);
    setTimeout(() => {
      logger.error(lifecycle.unfinished(), 'cut off');
      process.exit(1);
    }, SHUTDOWN_MS).unref();
    await app.close();
    await flushTraces();
    logger.info({ durationMs: Math.round(performance.now() - since) }, 'stopped');
    process.exit(0);
  };
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      stop(signal).catch((error: unknown) => {
        logger.error({ err: error }, 'stopping failed');
        process.exit(1);
      });
    });
  }
}

async function execute<Config extends z.ZodObject>(service: Service<Config>, command: string) {
  const generate = command === 'generate';
  const config = environment(service.config, generate ? exampleEnvironment(service.config) : process.env);
  const app = await createApplication({ ...service, module: service.module.with(config) });
  if (generate) {
    await writeOpenApi(app, service);
    await writeEnvironmentTable('README.md', service.config.safeExtend(ProcessConfigSchema.shape));
  }
  const ran = await runCommand(app, command);
  if (!generate && ran === 0) throw new Error(`${service.name} has no command "${command}".`);
  await app.close();
}

/** Runs what the libraries and the service bring under this name; answers how many there were. */
export async function runCommand(app: INestApplicationContext, name: string): Promise<number> {
  const commands = providersWith<string, CommandProvider>(app.get(DiscoveryService, { strict: false }), COMMAND).filter(
    ({ options }) => options === name,
  );
  for (const { provider } of commands) await provider.run();
  return commands.length;
}

async function writeOpenApi(app: NestFastifyApplication, options: OpenApiOptions) {
  const document = openApi(app, options);
  if (describesRoutes(document)) await writeFile('openapi.json', `${JSON.stringify(document, null, 2)}\n`);
}

/** What a person can mend is one sentence; what only a programmer can mend keeps its stack. */
function sentence(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const programmers = ['TypeError', 'ReferenceError', 'RangeError', 'SyntaxError', 'UnknownDependenciesException'];
  return programmers.includes(error.constructor.name) ? (error.stack ?? error.message) : error.message;
}
