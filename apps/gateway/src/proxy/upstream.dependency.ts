import { Dependency, type DependencyProvider, type DependencyState } from '@cairn/service/health';
import { Injectable, type Type } from '@nestjs/common';
import type { Upstream } from './upstream.client.ts';

/** Readiness asks each service for its own readiness, and repeats what that says of its dependencies. */
export function upstreamDependency({ name, config }: Upstream): Type<DependencyProvider> {
  @Injectable()
  @Dependency({ name, required: true })
  class UpstreamDependency implements DependencyProvider {
    async check(): Promise<DependencyState> {
      const answer = await fetch(`${config.origin}/health/ready`, { signal: AbortSignal.timeout(1_500) });
      const { status, dependencies } = (await answer.json()) as { status?: string; dependencies?: object };
      return {
        status: status === 'ok' || status === 'degraded' ? status : 'unavailable',
        ...(dependencies && { dependencies }),
      };
    }
  }
  return UpstreamDependency;
}
