import { Dependency, type DependencyProvider, type DependencyState } from '@cairn/service/health';
import { Injectable, type Type } from '@nestjs/common';
import type { Upstream } from './upstream.client.ts';

/**
 * Readiness asks each service for its own readiness, and repeats what that says of its dependencies. The gateway is not ready before
 * each has been ready once. Then it goes on without one that is down, `degraded`: no service may take the way to the others with it.
 */
export function upstreamDependency({ name, config }: Upstream): Type<DependencyProvider> {
  @Injectable()
  @Dependency({ name, required: true })
  class UpstreamDependency implements DependencyProvider {
    required = true;

    async check(): Promise<DependencyState> {
      const answer = await fetch(`${config.origin}/health/ready`, { signal: AbortSignal.timeout(1_500) });
      const { status, dependencies } = (await answer.json()) as { status?: string; dependencies?: object };
      const isReady = status === 'ok' || status === 'degraded';
      if (isReady) this.required = false;
      return { status: isReady ? status : 'unavailable', ...(dependencies && { dependencies }) };
    }
  }
  return UpstreamDependency;
}
