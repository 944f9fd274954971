import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import { redact } from './redact.ts';
import { correlation } from './request-context.ts';

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

export interface LoggerOptions {
  /** The name of the service. */
  readonly name: string;
  readonly level?: LogLevel;
  /** Standard output unless told otherwise. */
  readonly destination?: DestinationStream;
}

/** JSON, one object per line. Lines of a request carry its ids; secrets are taken out by name; errors stand under `err`. */
export function createLogger({ name, level = 'info', destination }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { service: name },
      timestamp: stdTimeFunctions.isoTime,
      mixin: correlation,
      formatters: { level: (label) => ({ level: label }), log: (fields) => redact(fields) as Record<string, unknown> },
      serializers: { err: (described: unknown) => described }, // `redact` has described errors, under whatever name they come
    },
    destination ?? pino.destination({ sync: true }),
  );
}
