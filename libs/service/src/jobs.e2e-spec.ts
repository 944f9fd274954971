import { afterEach, expect, test } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApplication, serve } from './application.ts';
import { Job } from './job.decorator.ts';

let app: NestFastifyApplication;
let runs = 0;
afterEach(() => app.close());

@Job({ name: 'fail', everyMs: 1 })
@Injectable()
class FailingJob {
  async run() {
    runs++;
    throw new Error('broken');
  }
}

@Module({ providers: [FailingJob] })
class TestModule {}

test('a job that has never succeeded has an age, by which somebody is woken', async () => {
  app = await createApplication({ name: 'test', title: 'Test', module: { module: TestModule }, metrics: true });
  await serve(app, 0, '127.0.0.1');
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  const shown = async (figure: string) => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return Number(new RegExp(`^${figure}{job="fail"} (.+)$`, 'm').exec(text)?.[1]);
  };
  const first = await shown('job_last_success_age_seconds');
  for (const before = runs; runs < before + 2;) await new Promise(setImmediate);
  expect(await shown('job_failures_total')).toBeGreaterThan(1);
  expect(first).toBeGreaterThan(0);
  expect(await shown('job_last_success_age_seconds')).toBeGreaterThan(first);
});
