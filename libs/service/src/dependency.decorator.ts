import { SetMetadata } from '@nestjs/common';

export const DEPENDENCY = 'cairn:dependency';

export interface DependencyOptions {
  /** As readiness calls it. */
  readonly name: string;
  /** Without a required one the service is not ready; without another it is `degraded` and goes on. */
  readonly required: boolean;
}

/** Something outside of the process. The provider that carries the decorator is opened at start and asked by readiness. */
export interface DependencyProvider {
  /** Instead of what the decorator says, where that changes while the process runs. */
  readonly required?: boolean;
  /** Called once before the service listens, never when it only describes itself. @throws Error whose message is one sentence */
  open?(): Promise<void>;
  /** Called when nothing uses it any more. */
  close?(): Promise<void>;
  /** Rejects when the dependency cannot be used now; may say more of one that can tell. */
  check(): Promise<void | DependencyState>;
}

export interface DependencyState {
  readonly status: 'ok' | 'degraded' | 'unavailable';
  /** What it depends on in turn. */
  readonly dependencies?: object;
}

export const Dependency = (options: DependencyOptions) => SetMetadata(DEPENDENCY, options);
