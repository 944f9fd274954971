import { hash } from 'node:crypto';

const BLOCK = 64;
const MAX_MESSAGE = 2_048;

/**
 * The key of one time zone's one day. HMAC-SHA-256 (RFC 2104) of what is known of a visitor, by one-shot hashes: `createHmac` costs three
 * times as much, which every redirect would pay.
 */
export class Salt {
  readonly endsAt: number;
  /** Whether a hash by it is about. */
  isUsed = false;
  private readonly bytes: Buffer;
  private readonly inner = Buffer.alloc(BLOCK + MAX_MESSAGE);
  private readonly outer = Buffer.alloc(BLOCK + 32);

  /** @param bytes 32 of them; @param endsAt milliseconds since 1970, from when on nobody may know it */
  constructor(bytes: Buffer, endsAt: number) {
    this.bytes = bytes;
    this.endsAt = endsAt;
    for (let index = 0; index < BLOCK; index++) {
      this.inner[index] = 0x36 ^ (bytes[index] ?? 0);
      this.outer[index] = 0x5c ^ (bytes[index] ?? 0);
    }
  }

  /** Shaped as a UUID of version 8 (RFC 9562, 5.8), which leaves 122 bits of the hash. What is longer than 2 KB is cut. */
  hash(message: string): string {
    this.isUsed = true;
    const length = this.inner.write(message, BLOCK, 'utf8');
    this.outer.write(hash('sha256', this.inner.subarray(0, BLOCK + length), 'binary'), BLOCK, 'binary');
    const hex = hash('sha256', this.outer, 'hex');
    const variant = '89ab'[Number.parseInt(hex[16]!, 16) & 3]!;
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }

  isEqual(bytes: Buffer): boolean {
    return this.bytes.equals(bytes);
  }

  /** For the table, which other instances read. */
  copy(): Buffer {
    return Buffer.from(this.bytes);
  }

  destroy(): void {
    for (const buffer of [this.bytes, this.inner, this.outer]) buffer.fill(0);
  }
}
