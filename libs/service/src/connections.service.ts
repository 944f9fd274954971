import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const SWEEP_MS = 50;
/** How long a request may still take to arrive once the service stops. */
const ARRIVAL_MS = 2_000;

/** Who is connected, and what they wait for: to let go of them when the service stops. */
@Injectable()
export class Connections implements OnModuleInit {
  private readonly requests = new Map<Socket, IncomingMessage | undefined>();

  constructor(private readonly host: HttpAdapterHost) {}

  onModuleInit() {
    const server = this.server();
    server.on('connection', (socket: Socket) => {
      this.requests.set(socket, undefined);
      socket.once('close', () => this.requests.delete(socket));
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const { socket } = request;
      this.requests.set(socket, request);
      response.once('close', () => {
        if (this.requests.get(socket) === request) this.requests.set(socket, undefined);
      });
    });
  }

  /** Resolves when every request that has arrived is answered. Whoever takes longer to send one is hung up on. */
  async close(): Promise<void> {
    const until = performance.now() + ARRIVAL_MS;
    const timer = setInterval(() => {
      // Node closes those that are idle when closing begins; one that then finishes its request would be kept alive, and us with it.
      this.server().closeIdleConnections();
      if (performance.now() < until) return;
      for (const [socket, request] of this.requests) if (!request?.complete) socket.destroy();
    }, SWEEP_MS);
    await this.host.httpAdapter.close();
    clearInterval(timer);
  }

  /** `GET /api/v1/posts`, of each request that has no answer yet: without its query, which may hold what must not be in a log. */
  unanswered(): string[] {
    const requests = [...this.requests.values()].filter((request) => request !== undefined);
    return requests.map(({ method, url = '' }) => `${method} ${url.split('?', 1)[0]}`);
  }

  private server(): Server {
    return this.host.httpAdapter.getHttpServer() as Server;
  }
}
