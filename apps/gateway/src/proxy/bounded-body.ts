import type { Readable } from 'node:stream';
import { tooLarge } from '../edge/too-large.ts';
import { ClientLeft } from './proxy.errors.ts';

/**
 * A body as it comes, at the pace at which it is taken; fails as soon as it is larger than `limit` bytes. Nothing is read before
 * somebody asks for the first piece, so that a request that found no connection can be sent once more. What is not read in the
 * end is left to Node, which reads it away when the answer is out: else the client would never come to read that.
 */
export async function* boundedBody(body: Readable, limit: number): AsyncGenerator<Buffer> {
  let size = 0;
  const pieces = (body.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>)[Symbol.asyncIterator]();
  for (;;) {
    const piece = await pieces.next().catch(() => {
      throw new ClientLeft();
    });
    if (piece.done) return;
    size += piece.value.length;
    if (size > limit) throw tooLarge(limit);
    yield piece.value;
  }
}
