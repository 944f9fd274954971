import { networkOf } from '@cairn/http/network';
import { beginRequest, type RequestContext } from '@cairn/observability';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Client } from './client-address.ts';

/** The whole answer that an error is (RFC 9457). */
export type ProblemOf = (
  error: unknown,
  requestId: string,
) => {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly code: string };
};

/** A request and its answer, from the moment the gateway sees it, and what is known of both. */
export class Exchange {
  readonly since = performance.now();
  readonly ids: RequestContext;
  /** The raw request target, without what an absolute one begins with (RFC 9112, section 3.2.2). */
  readonly target: string;
  /** What the gateway adds to the answer, whatever that is: names in lower case and values in turn. */
  readonly fields: string[] = [];
  /** Who calls, once the token has been verified. */
  userId: string | undefined;
  /** For logs and metrics: a pattern, never a path. */
  route = 'none';
  /** Whether the line in the log leaves out who it was. */
  isUnnamed = false;
  /** What else the line in the log says. */
  readonly about: Record<string, unknown> = {};
  /** Gives back its place among the requests under way. */
  leave: () => void = () => {};
  private ofNetwork: string | undefined;
  /** The client waits for `100 Continue` before it sends its body (RFC 9110, section 10.1.1). */
  expectsContinue = false;

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    readonly client: Client,
    private readonly problemOf: ProblemOf,
  ) {
    this.ids = beginRequest(request.headers);
    const { url = '/' } = request;
    this.target = url[0] === '/' || url === '*' ? url : /^https?:\/\/[^/?#]*([^#]*)/i.exec(url)?.[1] || '/';
    this.fields.push('x-request-id', this.ids.requestId);
  }

  /** Who shares limits with this client. */
  get network(): string {
    return (this.ofNetwork ??= networkOf(this.client.address));
  }

  get path(): string {
    const query = this.target.indexOf('?');
    return query === -1 ? this.target : this.target.slice(0, query);
  }

  /** Adds a field to the answer, in the place of one of the same name. */
  say(name: string, value: string): void {
    const at = this.fields.indexOf(name);
    if (at === -1) this.fields.push(name, value);
    else this.fields[at + 1] = value;
  }

  /** Answers with the problem that an error is; hangs up when an answer has begun. */
  refuse(error: unknown): void {
    const { response, request, ids, fields } = this;
    const { status, headers, body } = this.problemOf(error, ids.requestId);
    this.about.code ??= body.code;
    const { cause } = error as { cause?: { code?: string; message?: string } };
    if (cause) this.about.cause = cause.code ?? cause.message; // why, for whoever is paged
    if (response.headersSent) return void response.destroy();
    const json = JSON.stringify(body);
    const own = Object.entries({ ...headers, 'Content-Length': String(Buffer.byteLength(json)) }).flat();
    // Who has not been told to continue, or is late, may send its body all the same, or the next request: nobody could tell which.
    if (this.expectsContinue || status === 408) own.push('Connection', 'close');
    const names = own.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
    const kept = fields.filter((_, index) => !names.includes(fields[index - (index % 2)]!));
    response.writeHead(status, [...kept, ...own]);
    response.end(request.method === 'HEAD' ? undefined : json);
  }
}
