import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { DiscoveryService, HttpAdapterHost } from '@nestjs/core';
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
    private readonly http: HttpAdapterHost,
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

  /** No new request; those in flight and the jobs finish; only then goes what they use, the last opened first. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await Promise.all([this.http.httpAdapter.close(), this.jobs.stop()]);
    for (const { provider } of this.opened) await provider.close?.();
  }
}
