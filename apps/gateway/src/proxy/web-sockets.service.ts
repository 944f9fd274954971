import { Injectable } from '@nestjs/common';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Exchange } from '../edge/exchange.ts';
import { answerFields } from './forwarded-headers.ts';
import { FrameBoundaries, goingAway } from './frame-boundaries.ts';
import { UpstreamUnavailable } from './proxy.errors.ts';
import type { Upstream } from './upstream.client.ts';

/** How long both sides may take to say goodbye. */
const FAREWELL_MS = 1_500;

interface Side {
  readonly socket: Duplex;
  /** Of what is sent to this side. */
  readonly sent: FrameBoundaries;
  readonly masked: boolean;
}

/** WebSockets pass through as bytes, extensions and all (RFC 6455); at shutdown both sides get a Close frame, between two frames. */
@Injectable()
export class WebSockets {
  private readonly open = new Set<readonly [Side, Side]>();
  private stopping = false;

  get count(): number {
    return this.open.size;
  }

  /**
   * Asks the service to switch protocols, and joins both connections when it does; its answer is passed on when it does not.
   * @param fields what the service gets to see, names and values in turn
   */
  connect(exchange: Exchange, upstream: Upstream, fields: readonly string[], head: Buffer): void {
    const { request, response, target, client } = exchange;
    const socket = response.socket!;
    const { origin } = upstream.pick(new Set());
    const asking = httpRequest(origin + target, {
      method: request.method!,
      headers: [...fields, 'host', client.host, 'connection', 'upgrade', 'upgrade', 'websocket'],
      agent: false,
    });
    exchange.about.upstream = upstream.name;
    const giveUp = () => asking.destroy();
    response.once('close', giveUp);
    asking.on('upgrade', (answer, service, early) => {
      response.off('close', giveUp);
      response.statusCode = 101;
      response.detachSocket(socket);
      exchange.about.status = 101;
      response.emit('close'); // as far as HTTP goes it is over: it is logged and measured now
      socket.write(switching(answer.rawHeaders, exchange.ids.requestId));
      if (early.length) service.unshift(early);
      if (head.length) socket.unshift(head);
      this.join(socket, service);
    });
    asking.on('response', (answer) => {
      const raw = answer.rawHeaders.map((text) => Buffer.from(text, 'latin1'));
      response.writeHead(answer.statusCode!, answerFields(raw, exchange.fields));
      answer.pipe(response);
    });
    asking.on('error', (error) => {
      const problem = new UpstreamUnavailable(`${upstream.name} is unavailable`, { retryAfter: 1 });
      exchange.refuse(Object.assign(problem, { cause: error }));
    });
    asking.end();
  }

  /** Says goodbye to all. Resolves when they have gone; who does not answer is hung up on. */
  async close(): Promise<void> {
    this.stopping = true;
    await Promise.all([...this.open].map((sides) => this.part(sides)));
  }

  private join(client: Duplex, service: Duplex): void {
    const sides = [
      { socket: client, sent: new FrameBoundaries(), masked: false },
      { socket: service, sent: new FrameBoundaries(), masked: true },
    ] as const;
    this.open.add(sides);
    const [here, there] = sides;
    this.pass(client, there);
    this.pass(service, here);
    for (const [one, other] of [
      [client, service],
      [service, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.once('close', () => {
        this.open.delete(sides);
        other.destroy();
      });
    }
    if (this.stopping) void this.part(sides);
  }

  private pass(from: Duplex, { socket, sent }: Side): void {
    from.on('data', (bytes: Buffer) => {
      if (socket.writableEnded) return;
      sent.see(bytes);
      if (socket.write(bytes)) return;
      from.pause();
      socket.once('drain', () => from.resume());
    });
    from.once('end', () => socket.end());
  }

  private async part(sides: readonly [Side, Side]): Promise<void> {
    const gone = Promise.all(sides.map(({ socket }) => socket.destroyed || once(socket, 'close')));
    const late = setTimeout(() => sides.forEach(({ socket }) => socket.destroy()), FAREWELL_MS);
    for (const side of sides) this.sayGoodbye(side);
    await gone;
    clearTimeout(late);
  }

  /** When the frame under way is complete; each side then answers with a Close frame of its own, which is passed on to nobody. */
  private sayGoodbye({ socket, sent, masked }: Side): void {
    if (socket.destroyed || socket.writableEnded) return;
    if (sent.isBetween) return void socket.end(goingAway({ masked }));
    setTimeout(() => this.sayGoodbye({ socket, sent, masked }), 10);
  }
}

/** The answer that switches protocols, as text on the wire; here `Connection` and `Upgrade` stay. */
function switching(raw: readonly string[], requestId: string): string {
  const lines = raw.flatMap((name, index) => (index % 2 ? [] : [`${name}: ${raw[index + 1]}`]));
  return `HTTP/1.1 101 Switching Protocols\r\n${[...lines, `X-Request-Id: ${requestId}`].join('\r\n')}\r\n\r\n`;
}
