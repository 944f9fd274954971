import { randomFillSync } from 'node:crypto';

/** Taken from the system many at a time: asking it for each id costs more than writing the log line that carries it. */
const pool = Buffer.alloc(8_192);
let used = pool.length;

/** So many random bytes in hex, each of them given out once. */
export function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}
