import {
  createApplication,
  environment,
  exampleEnvironment,
  ProcessConfigSchema,
  serve,
  type Service,
} from '@cairn/service';
import { createLogger, type LogLevel } from '@cairn/observability';
import { z } from 'zod';
import { createTestDatabase } from './database.ts';
import { createStandInIdentity } from './stand-in-identity.ts';
import { createTestRedis, markRevocationsComplete } from './redis.ts';
import { documentedAnswers } from './documented-answers.ts';
import { createIssuer, type Someone } from './issuer.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // The body of whatever was asked for: tests know its shape.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

export interface Asking {
  readonly as?: Someone;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/**
 * As a client does that is told to come again: nothing came of what it asked. Who waits for a row that many want may be told so, sooner on
 * a slow machine; what they leave when all of them have had their turn does not depend on it. `ask` asks the same each time.
 */
export async function untilAnswered(ask: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    if (answer.status !== 503) return answer;
  }
}

/** A service with a database says how its schema comes about. */
interface Stored {
  migrate?(urls: { DATABASE_URL: string; DATABASE_OWNER_URL: string }): Promise<void>;
}

/** Runs a service on a free port and a database of its own, as the role that has no DDL. */
export async function startService<Config extends z.ZodObject>(
  service: Service<Config> & Stored,
  variables: NodeJS.ProcessEnv = {},
) {
  const [database, redis, issuer, identity] = await Promise.all([
    createTestDatabase(),
    createTestRedis(),
    createIssuer(),
    createStandInIdentity(),
  ]);
  await markRevocationsComplete(redis); // as identity does: without it no signed-in route answers
  const backing = { DATABASE_URL: database.url, DATABASE_OWNER_URL: database.ownerUrl, REDIS_URL: redis.url };
  const config = environment(z.intersection(ProcessConfigSchema, service.config), {
    PORT: '1', // of no account: it is given a free one
    ...exampleEnvironment(service.config), // what a test does not care about
    ...backing,
    ...issuer.environment,
    ...identity.environment,
    ...variables,
  }) as z.infer<typeof ProcessConfigSchema> & z.infer<Config>;
  const logger = createLogger({ name: service.name, level: (process.env.TEST_LOG_LEVEL ?? 'silent') as LogLevel });
  const app = await createApplication({
    ...service,
    module: service.module.with(config),
    trustedProxies: config.TRUSTED_PROXIES,
    metrics: config.METRICS,
    faultDialsSecret: config.FAULT_DIALS_SECRET,
    logger,
  });
  const stop = async () => {
    await app.close();
    await Promise.all([database.drop(), redis.drop(), identity.stop()]);
  };
  try {
    await service.migrate?.(backing);
    await serve(app, 0, '127.0.0.1');
  } catch (error) {
    await stop(); // else what was started for it would keep the process
    throw error;
  }
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  const check = documentedAnswers((await (await fetch(`${url}/openapi.json`)).json()) as never);

  const ask = async (method: string, path: string, { as, body, headers }: Asking = {}): Promise<Answer> => {
    const answer = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(as && { authorization: as.authorization }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    check(method, path, answer.status);
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text,
    };
  };
  const asking = (method: string) => (path: string, asking?: Asking) => ask(method, path, asking);
  return {
    app,
    url,
    identity,
    redis,
    someone: issuer.someone,
    someoneFor: issuer.someoneFor,
    get: asking('GET'),
    post: asking('POST'),
    patch: asking('PATCH'),
    put: asking('PUT'),
    delete: asking('DELETE'),
    stop,
  };
}
export type RunningService = Awaited<ReturnType<typeof startService>>;
