import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import { build } from './build.ts';
import { redact } from './redact.ts';
import { correlation } from './request-context.ts';

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

export interface LoggerOptions {
  /** The name of the service. */
  readonly name: string;
  readonly level?: LogLevel;
  /** Standard output unless told otherwise. */
  readonly destination?: DestinationStream;
  /**
   * Collects lines for up to a tenth of a second, or 4 KiB, and writes them in one go: half the cost of a line. Warnings and worse are written at once, with
   * all before them. Only a process that is killed outright loses what it has collected.
   */
  readonly buffered?: boolean;
}

const FLUSH_MS = 100;

/** JSON, one object per line. Lines of a request carry its ids; secrets are taken out by name; errors stand under `err`. */
export function createLogger({ name, level = 'info', destination, buffered = false }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { service: name, version: build().version },
      timestamp: stdTimeFunctions.isoTime,
      mixin: correlation,
      formatters: { level: (label) => ({ level: label }), log: (fields) => redact(fields) as Record<string, unknown> },
      serializers: { err: (described: unknown) => described }, // `redact` has described errors, under whatever name they come
    },
    destination ?? (buffered ? bufferedOutput() : pino.destination({ sync: true })),
  );
}

/** pino tells a destination that asks for metadata of which level a line is. */
function bufferedOutput(): DestinationStream {
  const stdout = pino.destination({ sync: true, minLength: 4_096 });
  setInterval(() => stdout.flushSync(), FLUSH_MS).unref();
  process.once('exit', () => stdout.flushSync());
  return {
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 0,
    write(line: string) {
      stdout.write(line);
      if (this.lastLevel >= pino.levels.values.warn!) stdout.flushSync();
    },
  } as DestinationStream & { lastLevel: number };
}
