import type { LoggerService } from '@nestjs/common';
import type { Level, Logger } from 'pino';

/** Nest's own messages, and those of its `Logger`, as lines of pino: `app.useLogger(new NestLogger(logger))`. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]) {
    this.write('info', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]) {
    this.write('fatal', message, rest);
  }
  error(message: unknown, ...rest: unknown[]) {
    this.write('error', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]) {
    this.write('warn', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]) {
    this.write('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]) {
    this.write('trace', message, rest);
  }

  /** Nest passes, after the message: more errors, sentences and objects, for errors a stack, and last the name of who speaks. */
  private write(level: Level, message: unknown, rest: unknown[]) {
    const fields: Record<string, unknown> = {};
    const said: string[] = [];
    const last = rest.at(-1);
    if (typeof last === 'string' && !isStack(last)) fields.context = rest.pop();
    for (const part of [message, ...rest]) {
      if (part instanceof Error) fields.err = part;
      else if (isStack(part)) fields.err ??= { message, stack: part };
      else if (typeof part === 'string') said.push(part);
      else if (typeof part === 'object' && part !== null) Object.assign(fields, part);
    }
    const text = typeof message === 'string' ? message : message instanceof Error ? message.message : undefined;
    this.logger[level](fields, said.join(' ') || text);
  }
}

const isStack = (part: unknown): part is string => typeof part === 'string' && /\n\s+at /.test(part);
