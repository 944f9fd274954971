import { Injectable, Logger } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { setTimeout as sleep } from 'node:timers/promises';
import { counter, gauge } from '@cairn/observability';
import { providersWith } from './discovery.ts';
import { JOB, type JobOptions, type JobProvider } from './job.decorator.ts';

/** Runs what carries @Job: never twice at once in one process, and on after a failure. */
@Injectable()
export class Jobs {
  private readonly logger = new Logger('Jobs');
  private readonly stopping = new AbortController();
  private running: Promise<void>[] = [];
  /** Of one that has never succeeded when it began: else nobody would hear of a job that fails from the start. */
  private readonly succeededAt = new Map<string, number>();
  private readonly failures = new Map<string, number>();
  private readonly atWork = new Set<string>();

  constructor(private readonly discovery: DiscoveryService) {}

  /** Resolves when what runs once has run. @throws what that throws */
  async start(): Promise<void> {
    const jobs = providersWith<JobOptions, JobProvider>(this.discovery, JOB);
    for (const { options, provider } of jobs)
      if (options.everyMs === undefined) await provider.run(this.stopping.signal);
    gauge('job_last_success_age_seconds', {
      help: 'Time since a job last succeeded, or began when it never has',
      label: 'job',
      read: () =>
        Object.fromEntries([...this.succeededAt].map(([name, at]) => [name, (performance.now() - at) / 1_000])),
    });
    counter('job_failures_total', {
      help: 'How often a job failed',
      label: 'job',
      read: () => Object.fromEntries(this.failures),
    });
    this.running = jobs.flatMap(({ options: { name, everyMs }, provider }) =>
      everyMs === undefined ? [] : [this.repeat(name, everyMs, provider)],
    );
  }

  /** Resolves when no job runs any more. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running);
  }

  /** The names of those that run at the moment. */
  unfinished(): string[] {
    return [...this.atWork];
  }

  private async repeat(name: string, everyMs: number, job: JobProvider): Promise<void> {
    const { signal } = this.stopping;
    let failing = false;
    this.failures.set(name, 0);
    this.succeededAt.set(name, performance.now());
    while (!signal.aborted) {
      this.atWork.add(name);
      try {
        await job.run(signal);
        this.succeededAt.set(name, performance.now());
        if (failing) this.logger.warn(`The job ${name} works again`);
        failing = false;
      } catch (error) {
        if (!failing) this.logger.error(error, `The job ${name} failed; it goes on trying`);
        this.failures.set(name, this.failures.get(name)! + 1);
        failing = true;
      }
      this.atWork.delete(name);
      await sleep(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
