import type { DynamicModule } from '@nestjs/common';
import { writeFile } from 'node:fs/promises';
import { DataSource } from 'typeorm';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { graphql } from 'graphql';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { z } from 'zod';
import { createApplication } from './application.ts';
import { environment } from './environment.ts';
import { openApi } from './open-api.ts';

const PortSchema = z.object({ PORT: z.coerce.number().int().min(1).max(65_535) });

export interface Service<Config extends z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly config: Config;
  readonly module: { with(config: z.infer<Config>): DynamicModule };
}

/** The process of a service: serves, or with `migrate` brings its database up to date, or with `generate` writes its API descriptions. */
export async function run<Config extends z.ZodObject>(
  service: Service<Config>,
  command = process.argv[2] ?? 'serve',
): Promise<void> {
  const { PORT } = environment(PortSchema);
  const config = environment(service.config);
  const app = await createApplication({ ...service, module: service.module.with(config) }).catch((error: Error) => {
    console.error(`${service.name} could not start: ${error.stack}`);
    process.exit(1);
  });
  if (command === 'migrate') await app.get(DataSource, { strict: false }).runMigrations({ transaction: 'each' });
  if (command === 'generate') {
    await writeFile('openapi.json', `${JSON.stringify(openApi(app, service), null, 2)}\n`);
    await writeSubgraph(app);
  }
  if (command !== 'serve') return app.close();
  await app.listen(PORT, '127.0.0.1');
}

async function writeSubgraph(app: NestFastifyApplication) {
  const schema = found(() => app.get(GraphQLSchemaHost, { strict: false }).schema);
  if (!schema) return;
  const { data } = await graphql({ schema, source: '{ _service { sdl } }' });
  await writeFile('schema.graphql', `${(data as { _service: { sdl: string } })._service.sdl.trim()}\n`);
}

function found<T>(get: () => T): T | undefined {
  try {
    return get();
  } catch {
    return undefined;
  }
}
