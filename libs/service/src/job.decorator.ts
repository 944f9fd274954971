import { SetMetadata } from '@nestjs/common';

export const JOB = 'cairn:job';

export interface JobOptions {
  readonly name: string;
  /** Milliseconds from the end of one run to the begin of the next. */
  readonly everyMs: number;
}

/** Work that a service does by itself, again and again. Every instance runs it, so it must bear being run by several at once. */
export interface JobProvider {
  run(): Promise<void>;
}

export const Job = (options: JobOptions) => SetMetadata(JOB, options);
