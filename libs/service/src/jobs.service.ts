import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { providersWith } from './discovery.ts';
import { JOB, type JobOptions, type JobProvider } from './job.decorator.ts';

/** Runs what carries @Job: never twice at once in one process, on after a failure, and finished before the process ends. */
@Injectable()
export class Jobs implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Jobs');
  private readonly stopping = Promise.withResolvers<void>();
  private stopped = false;
  private running: Promise<void>[] = [];

  constructor(private readonly discovery: DiscoveryService) {}

  /** Resolves when what runs once has run. @throws what that throws */
  async start(): Promise<void> {
    const jobs = providersWith<JobOptions, JobProvider>(this.discovery, JOB);
    for (const { options, provider } of jobs) if (options.everyMs === undefined) await provider.run();
    this.running = jobs.flatMap(({ options: { name, everyMs }, provider }) =>
      everyMs === undefined ? [] : [this.repeat(name, everyMs, provider)],
    );
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    this.stopping.resolve();
    await Promise.all(this.running);
  }

  private async repeat(name: string, everyMs: number, job: JobProvider): Promise<void> {
    while (!this.stopped) {
      await job.run().catch((error: unknown) => this.logger.error(error, `The job ${name} failed`));
      await Promise.race([pause(everyMs), this.stopping.promise]);
    }
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref());
