import { HttpException } from '@nestjs/common';
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { errors, Pool, type Dispatcher } from 'undici';
import type { UpstreamConfig } from '../config.ts';
import { OutcomeUnknown, UpstreamFailed, UpstreamTooSlow, UpstreamUnavailable } from './proxy.errors.ts';

const CONNECT_TIMEOUT_MS = 2_000;
/** They change nothing, so that they may be sent again (RFC 9110, section 9.2.1). */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
/** No connection came about: nothing was sent. */
const NOT_SENT = new Set(
  ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'], // prettier-ignore
);
/** A connection that was there and is no more. */
const CUT = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);
/** Between two pieces of an answer's body. */
const BODY_TIMEOUT_MS = 60_000;

export interface Forwarded {
  readonly method: string;
  /** The raw request target: it is sent as it came. */
  readonly path: string;
  readonly headers: Record<string, string | string[]>;
  readonly body: Readable | null;
  /** Aborted when the client has left. */
  readonly signal: AbortSignal;
}

export interface UpstreamAnswer {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
}

/** A service behind the gateway, and the connections to it. */
export class Upstream {
  private readonly pool: Pool;

  constructor(
    readonly name: string,
    readonly config: UpstreamConfig,
  ) {
    this.pool = new Pool(config.origin, {
      connections: 256,
      connect: { timeout: CONNECT_TIMEOUT_MS },
      headersTimeout: 0, // the deadline below is exact, undici's is to the second
      bodyTimeout: BODY_TIMEOUT_MS,
    });
  }

  /**
   * Answers as soon as the head of the answer is there; the bodies stream, each at the pace of who takes them.
   * @throws UpstreamUnavailable, OutcomeUnknown, UpstreamTooSlow, UpstreamFailed; the error of `body` when that failed
   */
  async send({ signal, ...request }: Forwarded): Promise<UpstreamAnswer> {
    const { name, config } = this;
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), config.deadlineMs);
    try {
      return await this.ask({ ...request, signal: AbortSignal.any([signal, deadline.signal]) });
    } catch (error) {
      if (request.body?.errored) throw request.body.errored;
      if (signal.aborted) throw new HttpException('The client has left', 499); // nobody reads it, and nobody is to be paged for it
      if (deadline.signal.aborted) throw new UpstreamTooSlow(name, config.deadlineMs);
      if (error instanceof errors.HTTPParserError) throw new UpstreamFailed(name);
      throw Object.assign(
        SAFE.has(request.method) || NOT_SENT.has(codeOf(error))
          ? new UpstreamUnavailable(`${name} is unavailable`, { retryAfter: 1 })
          : new OutcomeUnknown(),
        { cause: error },
      );
    } finally {
      clearTimeout(timer);
    }
  }

  private async ask(request: Forwarded): Promise<UpstreamAnswer> {
    const send = () => this.pool.request({ ...request, method: request.method as Dispatcher.HttpMethod });
    try {
      return await send();
    } catch (error) {
      // A service closes what has been idle, and as it restarts everything: the request may have crossed that.
      if (SAFE.has(request.method) && !request.body && CUT.has(codeOf(error))) return send();
      throw error;
    }
  }

  /** How many bytes a body sent to this path may have. */
  limitFor(path: string, usual: number): number {
    const below = (prefix: string) => path === prefix || path.startsWith(`${prefix}/`) || path.startsWith(`${prefix}?`);
    const special = Object.keys(this.config.limits).filter(below).sort((a, b) => b.length - a.length)[0]; // prettier-ignore
    return special === undefined ? usual : this.config.limits[special]!;
  }

  close(): Promise<void> {
    return this.pool.close();
  }
}

const codeOf = (error: unknown) => String((error as { code?: string }).code);
