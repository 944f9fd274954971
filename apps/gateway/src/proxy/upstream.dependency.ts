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
    private asking: Promise<DependencyState> | undefined;

    /** Anybody may ask, so that all who ask at once get one answer. */
    check(): Promise<DependencyState> {
      return (this.asking ??= this.ask().finally(() => (this.asking = undefined)));
    }

    private async ask(): Promise<DependencyState> {
      const states = await Promise.all(config.origins.map(readinessOf));
      // Of several instances one that is well is enough: it is whose word is repeated.
      const { status, dependencies } = states.find((state) => state.status === 'ok') ?? states.find((state) => state.status === 'degraded') ?? states[0]!; // prettier-ignore
      const isReady = status === 'ok' || status === 'degraded';
      if (isReady) this.required = false;
      return { status: isReady ? status : 'unavailable', ...(dependencies && { dependencies }) };
    }
  }
  return UpstreamDependency;
}

/** Less than the second that an orchestrator usually waits for the gateway's own answer. */
const CHECK_MS = 700;

interface Readiness {
  readonly status?: string;
  readonly dependencies?: object;
}

/** Not through the circuit breaker: health is what tells that a service is back. */
const readinessOf = (origin: string) =>
  fetch(`${origin}/health/ready`, { signal: AbortSignal.timeout(CHECK_MS) }).then(
    (answer) => answer.json() as Promise<Readiness>,
    (): Readiness => ({}),
  );
