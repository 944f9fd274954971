import type { Transform } from 'node:stream';
import { compression, mayVary, weak } from './compression.ts';
import type { Exchange } from '../edge/exchange.ts';
import type { Call, Flow, Receiver } from './call.ts';
import { answerFields, VIA } from './forwarded-headers.ts';

/** Bytes. */
const SMALL = 16_384;

type Parsed = Readonly<Record<string, string | string[] | undefined>>;

/** Passes an answer on to the client, each piece as it comes and at the pace at which the client takes it. */
export class ProxiedAnswer implements Receiver {
  call: Call | undefined;
  private compressor: Transform | undefined;
  private begun = false;
  private readonly sentAt = performance.now();

  constructor(
    private readonly exchange: Exchange,
    private readonly upstream: string,
  ) {}

  onHead(status: number, raw: readonly Buffer[], parsed: Parsed): void {
    const { request, response, fields: ours } = this.exchange;
    if (status < 200) return this.onInterimHead(status, parsed);
    this.describe();
    const fields = answerFields(raw, ours);
    fields.push('via', VIA);
    const head = { status, headers: parsed };
    const accepted = request.headers['accept-encoding']?.toString();
    if (accepted !== undefined || mayVary(head)) {
      const compressed = compression(request.method!, accepted, head);
      if (mayVary(head)) addVary(fields, 'Accept-Encoding');
      if (compressed) {
        this.compress(compressed.stream);
        encode(fields, compressed.coding);
      } else if (status === 304 && /\bW\//.test(request.headers['if-none-match'] ?? '')) weaken(fields);
    }
    response.writeHead(status, fields);
  }

  onData(piece: Buffer, flow: Flow): void {
    const { response } = this.exchange;
    const sink = this.compressor ?? response;
    // As text Node sends it in one write together with the head: a tenth less work for a small answer.
    const withHead = !this.begun && sink === response && piece.length <= SMALL;
    this.begun = true;
    if (withHead ? response.write(piece.toString('latin1'), 'latin1') : sink.write(piece)) return;
    flow.pause();
    sink.once('drain', () => flow.resume());
  }

  onEnd(rawTrailers: readonly Buffer[]): void {
    const { response } = this.exchange;
    if (this.compressor) return void this.compressor.end();
    if (rawTrailers.length) response.addTrailers(pairs(rawTrailers));
    response.end();
  }

  onFailure(error: unknown): void {
    this.describe();
    this.compressor?.destroy();
    this.exchange.refuse(error);
  }

  /** RFC 8297, section 2; other interim answers are of the connection to the service. */
  private onInterimHead(status: number, { link }: Parsed): void {
    if (status === 103 && link) this.exchange.response.writeEarlyHints({ link });
  }

  private compress(stream: Transform): void {
    const { response } = this.exchange;
    this.compressor = stream;
    stream.on('data', (piece: Buffer) => {
      if (response.write(piece)) return;
      stream.pause();
      response.once('drain', () => stream.resume());
    });
    stream.once('end', () => response.end());
    stream.once('error', () => response.destroy());
    response.once('close', () => stream.destroy());
  }

  private describe(): void {
    const { call, exchange } = this;
    const { instance, attempts = 0, headAt } = call ?? {};
    Object.assign(exchange.about, {
      upstream: this.upstream,
      ...(instance && { instance: instance.origin }),
      ...(attempts > 1 && { attempts }),
      ...(headAt && { upstreamMs: Math.round((headAt - this.sentAt) * 10) / 10 }),
    });
  }
}

const pairs = (raw: readonly Buffer[]): [string, string][] =>
  raw.flatMap((name, index) => (index % 2 ? [] : [[name.toString('latin1'), raw[index + 1]!.toString('latin1')]]));

/** The head of what is compressed: another length, and not the same byte for byte. */
function encode(fields: string[], coding: string): void {
  for (let index = fields.length - 2; index >= 0; index -= 2)
    if (fields[index] === 'content-length' || fields[index] === 'accept-ranges') fields.splice(index, 2);
  weaken(fields);
  fields.push('content-encoding', coding);
}

function weaken(fields: string[]): void {
  const etag = fields.indexOf('etag');
  if (etag !== -1) fields[etag + 1] = weak(fields[etag + 1]!);
}

function addVary(fields: string[], name: string): void {
  const at = fields.findIndex((field, index) => index % 2 === 0 && field === 'vary');
  if (at === -1) fields.push('vary', name);
  else if (!fields[at + 1]!.toLowerCase().includes(name.toLowerCase())) fields[at + 1] += `, ${name}`;
}
