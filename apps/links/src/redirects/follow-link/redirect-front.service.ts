import { DEADLINE_HEADER, observeRequest, requestIdFrom } from '@cairn/observability';
import { faultsAreSet } from '@cairn/resilience';
import { Lifecycle, LOGGER } from '@cairn/service';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { LinkCache } from '../../links/link-cache.service.ts';
import { redirectFields } from '../redirect-answer.mapper.ts';
import { REDIRECTS_OPTIONS, type RedirectsOptions } from '../redirects.options.ts';
import { clientAddresses } from './client-address.ts';
import { LinkFollower } from '../link-follower.service.ts';

const ROUTE = '/s/:code';
/** As most visits ask: a code and nothing behind it but a query. */
const PLAIN = /^\/s\/([^/?%]+)(?:\?(.*))?$/;
/** Recording takes no longer: who gives less time than that is looked after by the framework. */
const PATIENT = /^\d{4,5}$/;

/**
 * Sees a request before the framework does, and answers the one kind of it that there are most of: a GET that follows a link which is in
 * memory and needs nothing but to be recorded. All else goes on to the framework as if this were not here, and is answered there by the
 * same rules (FollowLinkController). What that spares stands in ADR 56.
 */
@Injectable()
export class RedirectFront implements OnModuleInit {
  private readonly addressOf: ReturnType<typeof clientAddresses>;

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly lifecycle: Lifecycle,
    private readonly links: LinkCache,
    private readonly followLink: LinkFollower,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(REDIRECTS_OPTIONS) { trustedProxies }: RedirectsOptions,
  ) {
    this.addressOf = clientAddresses(trustedProxies);
  }

  onModuleInit() {
    const server = this.host.httpAdapter.getHttpServer() as Server;
    const [framework] = server.listeners('request') as RequestListener[];
    server.removeListener('request', framework!);
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      if (!this.take(request, response)) framework!(request, response);
    });
  }

  /** Whether it is answered here. */
  private take(request: IncomingMessage, response: ServerResponse): boolean {
    // Who has hung up already is at no address; and what is thrown here, nobody catches.
    if (request.socket.remoteAddress === undefined) return false;
    if (request.method !== 'GET' || this.lifecycle.stopping || faultsAreSet()) return false;
    const [, code, query = ''] = PLAIN.exec(request.url!) ?? [];
    const link = code && this.links.peek(code);
    if (!link || link.maxVisits !== null) return false;
    const { headers } = request;
    const patience = headers[DEADLINE_HEADER];
    if (patience !== undefined && !PATIENT.test(String(patience))) return false;
    const since = performance.now();
    const asking = { headers, address: this.addressOf(request) };
    const decision = this.followLink.decide(link, { code, rest: { path: '', query }, ...asking });
    if (decision.kind !== 'redirect') return false;
    void this.followLink.record(link, decision, asking).then(() => {
      const fields = redirectFields(link, decision.location);
      fields.push('X-Request-Id', requestIdFrom(headers['x-request-id']));
      response.writeHead(link.status, fields).end();
      const seconds = (performance.now() - since) / 1_000;
      observeRequest({ method: 'GET', route: ROUTE, status: link.status, seconds });
      // The visit is in the stream. A line beside it would hold the address that is kept out of there.
      if (this.logger.isLevelEnabled('debug')) this.logger.debug({ method: 'GET', route: ROUTE, status: link.status }, 'request'); // prettier-ignore
    });
    return true;
  }
}
