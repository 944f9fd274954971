import { Injectable } from '@nestjs/common';
import { request as httpRequest } from 'node:http';
import { pipeline, type Duplex } from 'node:stream';
import type { Exchange } from '../edge/exchange.ts';
import type { Outcome } from './circuit-breaker.ts';
import { answerFields } from './forwarded-headers.ts';
import { FrameBoundaries, goingAway } from './frame-boundaries.ts';
import { UpstreamTooSlow, UpstreamUnavailable } from './proxy.errors.ts';
import type { Upstream } from './upstream.client.ts';

/** How long both sides may take to say goodbye. */
const FAREWELL_MS = 1_500;

interface Side {
  readonly socket: Duplex;
  /** Of what is sent to this side. */
  readonly sent: FrameBoundaries;
  readonly masked: boolean;
  /** It has been told that this is the end: nothing is sent to it any more. */
  saidGoodbye: boolean;
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
  connect(exchange: Exchange, upstream: Upstream, fields: readonly string[], head: Buffer, deadlineMs: number): void {
    const { request, response, target, client } = exchange;
    const refusal = upstream.enter();
    if (refusal) return exchange.refuse(refusal);
    let outcome: Outcome = 'unknown';
    response.once('close', () => {
      upstream.settle(outcome);
      upstream.leave(); // what has been switched is no request any more
    });
    const socket = response.socket!;
    const { origin } = upstream.pick(new Set());
    const asking = httpRequest(origin + target, {
      method: request.method!,
      headers: [...fields, 'host', client.host, 'connection', 'upgrade', 'upgrade', 'websocket'],
      agent: false,
    });
    const late = setTimeout(() => asking.destroy(new UpstreamTooSlow(upstream.name, deadlineMs)), deadlineMs);
    asking.once('close', () => clearTimeout(late));
    exchange.about.upstream = upstream.name;
    const giveUp = () => asking.destroy();
    response.once('close', giveUp);
    asking.on('upgrade', (answer, service, early) => {
      outcome = 'answered';
      clearTimeout(late);
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
      outcome = 'answered';
      clearTimeout(late);
      const raw = answer.rawHeaders.map((text) => Buffer.from(text, 'latin1'));
      response.writeHead(answer.statusCode!, answerFields(raw, exchange.fields));
      pipeline(answer, response, () => undefined);
    });
    asking.on('error', (error) => {
      if (response.destroyed) return;
      outcome = 'failed';
      if (error instanceof UpstreamTooSlow) return exchange.refuse(error);
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
      { socket: client, sent: new FrameBoundaries(), masked: false, saidGoodbye: false },
      { socket: service, sent: new FrameBoundaries(), masked: true, saidGoodbye: false },
    ] satisfies [Side, Side];
    this.open.add(sides);
    const [here, there] = sides;
    this.pass(here, there);
    this.pass(there, here);
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

  private pass(from: Side, to: Side): void {
    from.socket.on('data', (bytes: Buffer) => {
      // The answer to our Close frame: it is for us to hang up (RFC 6455, section 7.1.1).
      if (from.saidGoodbye && (to.saidGoodbye || to.sent.isBetween)) return void from.socket.end();
      if (to.saidGoodbye || to.socket.writableEnded) return;
      to.sent.see(bytes);
      if (to.socket.write(bytes)) return;
      from.socket.pause();
      to.socket.once('drain', () => from.socket.resume());
    });
    from.socket.once('end', () => to.socket.end());
  }

  private async part(sides: readonly [Side, Side]): Promise<void> {
    const gone = Promise.all(
      sides.map(({ socket }) => socket.destroyed || new Promise((resolve) => socket.once('close', resolve))),
    );
    const late = setTimeout(() => sides.forEach(({ socket }) => socket.destroy()), FAREWELL_MS);
    for (const side of sides) this.sayGoodbye(side);
    await gone;
    clearTimeout(late);
  }

  /** When the frame under way is complete. */
  private sayGoodbye(side: Side): void {
    const { socket, sent, masked } = side;
    if (socket.destroyed || socket.writableEnded || side.saidGoodbye) return;
    if (!sent.isBetween) return void setTimeout(() => this.sayGoodbye(side), 10);
    side.saidGoodbye = true;
    socket.write(goingAway({ masked }));
  }
}

/** The answer that switches protocols, as text on the wire; here `Connection` and `Upgrade` stay. */
function switching(raw: readonly string[], requestId: string): string {
  const lines = raw.flatMap((name, index) => (index % 2 ? [] : [`${name}: ${raw[index + 1]}`]));
  return `HTTP/1.1 101 Switching Protocols\r\n${[...lines, `X-Request-Id: ${requestId}`].join('\r\n')}\r\n\r\n`;
}
