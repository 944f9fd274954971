import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connections } from './connections.service.ts';
import { DEPENDENCY, type DependencyOptions, type DependencyProvider } from './dependency.decorator.ts';
import { providersWith, type Found } from './discovery.ts';
import { Jobs } from './jobs.service.ts';

/** The order in which a service comes up and goes down. */
@Injectable()
export class Lifecycle implements BeforeApplicationShutdown {
  /** Readiness says no from then on. */
  stopping = false;
  private opened: Found<DependencyOptions, DependencyProvider>[] = [];

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly jobs: Jobs,
    private readonly connections: Connections,
  ) {}

  /** Opens what the service depends on, in the order of the modules' imports, then starts its jobs. */
  async open(): Promise<void> {
    for (const found of this.dependencies()) {
      this.opened.unshift(found);
      await found.provider.open?.();
    }
    await this.jobs.start();
  }

  dependencies(): Found<DependencyOptions, DependencyProvider>[] {
    return providersWith(this.discovery, DEPENDENCY);
  }

  /** Says that it goes, and still takes what comes until those who send requests have seen it. */
  async announce(delayMs: number): Promise<void> {
    this.stopping = true;
    if (delayMs > 0) await sleep(delayMs);
  }

  /** What is not done yet. */
  unfinished(): { requests: string[]; jobs: string[] } {
    return { requests: this.connections.unanswered(), jobs: this.jobs.unfinished() };
  }

  /** No new request; those in flight and the jobs finish; only then goes what they use, the last opened first. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await Promise.all([this.connections.close(), this.jobs.stop()]);
    for (const { provider } of this.opened) await provider.close?.();
  }
}
