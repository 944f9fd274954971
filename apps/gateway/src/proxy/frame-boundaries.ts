/**
 * Follows a stream of WebSocket frames (RFC 6455, section 5.2), so that a frame of one's own can be put between two of them and never
 * into the middle of one.
 */
export class FrameBoundaries {
  /** Bytes of the frame under way that are still to come. */
  private left = 0;
  private head: number[] = [];

  /** Whether the last frame is complete. */
  get isBetween(): boolean {
    return this.left === 0 && this.head.length === 0;
  }

  see(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.left > 0) {
        const taken = Math.min(this.left, bytes.length - at);
        this.left -= taken;
        at += taken;
        continue;
      }
      this.head.push(bytes[at++]!);
      const size = headSize(this.head);
      if (size === undefined || this.head.length < size) continue;
      this.left = payloadSize(this.head);
      this.head = [];
    }
  }
}

/** How many bytes the head of a frame has, once enough of it is known. */
function headSize(head: readonly number[]): number | undefined {
  const second = head[1];
  if (second === undefined) return undefined;
  const short = second & 0x7f;
  return 2 + (short === 127 ? 8 : short === 126 ? 2 : 0) + (second & 0x80 ? 4 : 0);
}

function payloadSize(head: readonly number[]): number {
  const short = head[1]! & 0x7f;
  if (short < 126) return short;
  const bytes = head.slice(2, short === 127 ? 10 : 4);
  return bytes.reduce((size, byte) => size * 256 + byte, 0);
}

const GOING_AWAY = 1001;

/** A Close frame that says why (RFC 6455, section 7.4.1): the server goes away. A client's is masked, with a key of zeros. */
export function goingAway({ masked }: { masked: boolean }): Buffer {
  const reason = Buffer.alloc(2);
  reason.writeUInt16BE(GOING_AWAY);
  const head = masked ? [0x88, 0x80 | reason.length, 0, 0, 0, 0] : [0x88, reason.length];
  return Buffer.concat([Buffer.from(head), reason]);
}
