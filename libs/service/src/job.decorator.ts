import { SetMetadata } from '@nestjs/common';

export const JOB = 'cairn:job';

export interface JobOptions {
  readonly name: string;
  /** Milliseconds from the end of one run to the begin of the next. Without it: once, before the service listens, and the start fails with it. */
  readonly everyMs?: number;
}

/** Work that a service does by itself. Every instance runs it, so it must bear being run by several at once. */
export interface JobProvider {
  /** A long run looks at `stopping` between its steps: the process wants to end. */
  run(stopping: AbortSignal): Promise<void>;
}

export const Job = (options: JobOptions) => SetMetadata(JOB, options);
