import { createApplication, environment, type Service } from '@cairn/service';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { z } from 'zod';
import { createTestDatabase } from './database.ts';
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

/** Runs a service on a free port and a database of its own. */
export async function startService<Config extends z.ZodObject>(
  service: Service<Config>,
  variables: NodeJS.ProcessEnv = {},
) {
  const [database, issuer] = await Promise.all([createTestDatabase(), createIssuer()]);
  const config = environment(service.config, { DATABASE_URL: database.url, ...issuer.environment, ...variables });
  const app = await createApplication({ ...service, module: service.module.with(config) });
  const owner = { ...app.get(DataSource, { strict: false }).options, url: database.ownerUrl } as DataSourceOptions;
  const dataSource = await new DataSource(owner).initialize();
  await dataSource.runMigrations({ transaction: 'each' });
  await dataSource.destroy();
  await app.listen(0, '127.0.0.1');
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  const check = documentedAnswers((await (await fetch(`${url}/openapi.json`)).json()) as never);

  const ask = async (method: string, path: string, { as, body, headers }: Asking = {}): Promise<Answer> => {
    const answer = await fetch(url + path, {
      method,
      headers: {
        ...(as && { authorization: as.authorization }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    check(method, path, answer.status);
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : undefined };
  };
  return {
    app,
    url,
    someone: issuer.someone,
    get: (path: string, asking?: Asking) => ask('GET', path, asking),
    post: (path: string, asking?: Asking) => ask('POST', path, asking),
    patch: (path: string, asking?: Asking) => ask('PATCH', path, asking),
    async stop() {
      await app.close();
      await database.drop();
    },
  };
}
export type RunningService = Awaited<ReturnType<typeof startService>>;
