import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, eventually } from '@cairn/testing';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { DatabaseModule } from './database.module.ts';
import { PostgresDependency } from './postgres.dependency.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let context: INestApplicationContext;
let dataSource: DataSource;
let postgres: PostgresDependency;

beforeAll(async () => {
  database = await createTestDatabase();
  const config = { DATABASE_URL: database.url, DATABASE_POOL_SIZE: 1 };
  const module = DatabaseModule.forRoot(config, { entities: [], migrations: [] });
  context = await NestFactory.createApplicationContext(module, { logger: false });
  dataSource = context.get(DataSource);
  postgres = context.get(PostgresDependency);
  await postgres.open();
});
afterAll(async () => {
  await postgres.close();
  await context.close();
  await database.drop();
});

test('a pool in full use is degraded, not unready', async () => {
  expect(await postgres.check()).toEqual({ status: 'ok' });
  const runner = dataSource.createQueryRunner();
  await runner.connect();
  const waiting = dataSource.query('SELECT 1');
  expect(await postgres.check()).toEqual({ status: 'degraded' });
  await runner.release();
  await waiting;
  expect(await postgres.check()).toEqual({ status: 'ok' });
});

test('every connection bears the name of the service; one that is cut is made anew', async () => {
  await postgres.check();
  const names = `SELECT pid, application_name AS name FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user`;
  const before: { pid: number; name: string }[] = await dataSource.query(names);
  expect(before).toHaveLength(2);
  expect(new Set(before.map(({ name }) => name))).toEqual(new Set([new URL(database.url).username]));
  await dataSource.query(`SELECT pg_terminate_backend(pid) FROM (${names}) AS mine WHERE pid <> pg_backend_pid()`);
  await eventually(async () => expect(await postgres.check()).toEqual({ status: 'ok' }));
});

test('a service that goes on without it needs it to begin', async () => {
  const config = { DATABASE_URL: database.url, DATABASE_POOL_SIZE: 1 };
  const module = DatabaseModule.forRoot(config, { entities: [], migrations: [] }, { isVital: false });
  const own = await NestFactory.createApplicationContext(module, { logger: false });
  const dependency = own.get(PostgresDependency);
  expect(dependency.required).toBe(true);
  await dependency.open();
  expect([dependency.required, postgres.required]).toEqual([false, true]);
  await dependency.close();
  await own.close();
});
