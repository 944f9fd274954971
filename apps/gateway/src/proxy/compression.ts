import { negotiate } from '@fastify/accept-negotiator';
import { constants, createBrotliCompress, createGzip } from 'node:zlib';
import type { Transform } from 'node:stream';

const SMALLEST = 1_024;
const COMPRESSIBLE =
  /^(text\/(?!event-stream)|application\/([\w.-]+\+)?(json|xml|yaml)|application\/javascript|image\/svg\+xml)/i;

export interface Compression {
  readonly coding: 'br' | 'gzip';
  readonly stream: Transform;
}

export interface AnswerHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * How an answer is compressed on its way out; undefined when it is not. Left alone are: what is compressed already or forbids
 * it, what is too small to gain, streams of events, and what says `no-store` or sets a cookie: it holds a secret, and beside text that an attacker
 * can make it reflect, its length would tell the secret (BREACH).
 */
export function compression(
  method: string,
  accepted: string | undefined,
  { status, headers }: AnswerHead,
): Compression | undefined {
  if (!mayVary({ status, headers }) || method === 'HEAD' || status !== 200) return undefined;
  const length = headers['content-length'];
  if (length !== undefined && Number(length) < SMALLEST) return undefined;
  const coding = accepted ? negotiate(accepted, ['br', 'gzip']) : null;
  if (coding === 'gzip') return { coding, stream: createGzip() };
  // Its default is made for files that are compressed once. This one is as quick as gzip, and smaller.
  if (coding === 'br') return { coding, stream: createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }) }; // prettier-ignore
  return undefined;
}

/** Whether an answer is of the kind that is compressed for who accepts it: caches must know (`Vary`). */
export function mayVary({ status, headers }: AnswerHead): boolean {
  const control = String(headers['cache-control'] ?? '');
  return (
    (status === 200 || status === 304) &&
    (status === 304 || COMPRESSIBLE.test(String(headers['content-type'] ?? ''))) &&
    headers['content-encoding'] === undefined &&
    headers['content-range'] === undefined &&
    headers['set-cookie'] === undefined &&
    !/\bno-store\b|\bno-transform\b/i.test(control)
  );
}

/**
 * Compressed, an answer is the same to a reader, but not byte for byte: its ETag becomes a weak one (RFC 9110, section 8.8.1). Weak ones never match
 * in If-Match, so there the mark is taken off again on the way in: here alone it is known that it was put on here.
 */
export const weak = (etag: string) => (etag.startsWith('W/') ? etag : `W/${etag}`);
export const unweakened = (ifMatch: string) => ifMatch.replace(/(^|,)(\s*)W\/"/g, '$1$2"');
