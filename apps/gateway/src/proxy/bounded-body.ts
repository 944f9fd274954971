import { Transform, type Readable } from 'node:stream';

export class BodyTooLarge extends Error {
  readonly statusCode = 413;
}

/** Passes a body on as it comes, at the pace at which it is taken, and fails as soon as it is larger than `limit` bytes. */
export function boundedBody(body: Readable, limit: number): Transform {
  let size = 0;
  const bounded = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > limit) done(tooLarge(limit));
      else done(null, chunk);
    },
  });
  // Not `pipeline`: that would tear down the client's connection, and with it the way for an answer.
  body.once('error', (error) => bounded.destroy(error));
  body.once('close', () => body.readableEnded || bounded.destroy(new Error('The client left')));
  body.pipe(bounded);
  // After `pipe`, which pauses on close. What nobody wants any more is read away, or the client would never come to read our answer.
  bounded.once('close', () => body.resume());
  return bounded;
}

export const tooLarge = (limit: number) => new BodyTooLarge(`A body may have at most ${limit} bytes here`);
