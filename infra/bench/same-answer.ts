import type { Request } from './load.ts';

/** Bytes by which two answers may differ: digits of a time, an id. */
const TOLERANCE = 0.02;

export async function answerTo({ url, method = 'GET', headers = {}, body }: Request): Promise<string> {
  const answer = await fetch(url, { method, headers: { ...headers }, ...(body && { body }) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text.slice(0, 500)}`);
  return text;
}

/** Whoever sends less has less to do. @throws Error unless both answers have the same size, more or less */
export async function assertSameSize(ours: Request, other: Request): Promise<number> {
  const [size = 0, otherSize = 0] = (await Promise.all([ours, other].map(answerTo))).map(({ length }) => length);
  if (Math.abs(size - otherSize) > size * TOLERANCE)
    throw new Error(`${other.url} answers with ${otherSize} bytes, ours with ${size}: they are not to be compared`);
  return size;
}
