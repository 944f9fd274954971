import { counter, gauge, propagationHeaders } from '@cairn/observability';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationShutdown } from '@nestjs/common';
import { Admission } from '../edge/admission.service.ts';
import { unweakened } from './compression.ts';
import type { Exchange } from '../edge/exchange.ts';
import { boundedBody } from './bounded-body.ts';
import { requestFields } from './forwarded-headers.ts';
import { ProxiedAnswer } from './proxied-answer.ts';
import { RouteAccess } from './route-access.service.ts';
import { RouteTable, type Routed } from './route-table.ts';
import type { Upstream } from './upstream.client.ts';
import { WebSockets } from './web-sockets.service.ts';

/** Streams what lies below a public prefix to the service that owns it, and its answer back. */
@Injectable()
export class ProxyService implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly table: RouteTable<Upstream>;

  constructor(
    @Inject('upstreams') private readonly upstreams: readonly Upstream[],
    private readonly admission: Admission,
    private readonly access: RouteAccess,
    private readonly sockets: WebSockets,
  ) {
    this.table = new RouteTable(upstreams);
    const each = (help: string, read: (upstream: Upstream) => number) => ({
      help,
      label: 'upstream',
      read: () => Object.fromEntries(upstreams.map((upstream) => [upstream.name, read(upstream)])),
    });
    gauge('gateway_requests_in_flight', each('Requests to a service that have no answer yet, or receive it', ({ pending }) => pending)); // prettier-ignore
    gauge('gateway_circuit_open', each('1 while a service fails and is not asked', ({ circuit }) => (circuit === 'closed' ? 0 : 1))); // prettier-ignore
    counter('gateway_retries_total', each('Requests that were sent once more', ({ retries }) => retries)); // prettier-ignore
    gauge('gateway_instances_available', each('Instances of a service that are well', ({ instances }) => instances.filter(({ isAvailable }) => isAvailable).length)); // prettier-ignore
    gauge('gateway_websockets', { help: 'WebSockets that are open', read: () => sockets.count });
  }

  find(target: string): Routed<Upstream> | undefined {
    return this.table.find(target);
  }

  /** Whether pages of every origin may call it, whatever CORS_ORIGINS says. */
  isForAnyOrigin(target: string): boolean {
    return this.table.isForAnyOrigin(target);
  }

  /** Whether who asks for it is to be in no log. */
  isUnnamed(target: string): boolean {
    return this.table.isUnnamed(target);
  }

  /** Resolves when the request is on its way. @throws what `Admission.admit` throws */
  async forward(exchange: Exchange, { upstream }: Routed<Upstream>): Promise<void> {
    const { request, response, target } = exchange;
    const method = request.method!;
    const routeClass = this.table.classOf(method, target);
    await this.admission.admit(exchange, routeClass, this.access.of(upstream.name, method, exchange.path));
    if (response.destroyed) return;
    const { maxBody, deadlineMs, retries } = this.admission.classNamed(routeClass);
    const { headers, rawHeaders } = request;
    const hasBody = Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined;
    const fields = requestFields(rawHeaders, headers.connection);
    const ifMatch = fields.indexOf('if-match');
    if (ifMatch !== -1) fields[ifMatch + 1] = unweakened(fields[ifMatch + 1]!);
    const answer = new ProxiedAnswer(exchange, upstream.name);
    const call = upstream.send(
      {
        method,
        path: target,
        headers: [...fields, ...originOf(exchange)],
        body: hasBody ? () => this.bodyOf(exchange, maxBody) : null,
      },
      answer,
      { deadlineMs, retries },
    );
    answer.call = call;
    response.once('close', () => response.writableFinished || call.cancel());
  }

  /** To be asked for its first piece only when there is a connection to send it on. */
  private async *bodyOf(exchange: Exchange, limit: number) {
    if (exchange.expectsContinue) {
      exchange.expectsContinue = false;
      exchange.response.writeContinue();
    }
    yield* boundedBody(exchange.request, limit);
  }

  /** @throws what `Admission.admit` throws */
  async upgrade(exchange: Exchange, { upstream }: Routed<Upstream>, head: Buffer): Promise<void> {
    const { request, target, path } = exchange;
    const routeClass = this.table.classOf('GET', target);
    await this.admission.admit(exchange, routeClass, this.access.of(upstream.name, 'GET', path));
    if (exchange.response.destroyed) return;
    const fields = requestFields(request.rawHeaders, request.headers.connection);
    const { deadlineMs } = this.admission.classNamed(routeClass);
    this.sockets.connect(exchange, upstream, [...fields, ...originOf(exchange)], head, deadlineMs);
  }

  /** Sockets go first: the server waits for them. */
  async beforeApplicationShutdown() {
    await this.sockets.close();
  }

  async onApplicationShutdown() {
    await Promise.all(this.upstreams.map((upstream) => upstream.close()));
  }
}

/** What the gateway, not the client, says of a request. */
function originOf({ client, ids }: Exchange): string[] {
  const fields = ['x-forwarded-for', client.forwardedFor, 'x-forwarded-proto', client.protocol, 'x-forwarded-host', client.host]; // prettier-ignore
  for (const [name, value] of Object.entries(propagationHeaders(ids))) fields.push(name, value);
  return fields;
}
