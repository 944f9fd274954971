import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Upstream } from '../proxy/upstream.client.ts';

export interface UpstreamRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** A request of the gateway's own, its answer read to the end. */
export async function askUpstream(upstream: Upstream, { body, headers, ...request }: UpstreamRequest) {
  const answer = await upstream.send({
    ...request,
    headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
    body: Buffer.from(body) as unknown as Readable, // undici takes both; a stream could not be sent again
  });
  return { status: answer.statusCode, text: await text(answer.body) };
}
