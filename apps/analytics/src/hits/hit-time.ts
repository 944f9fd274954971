const DAY_MS = 86_400_000;
/** What comes later than that is refused. */
export const LATE_DAYS = 7;
/** A clock may be ahead by so much without saying so. */
const AHEAD_MS = 60_000;

export type HitTime = { readonly at: Date } | { readonly refused: string };

/**
 * When it happened by our clock. A client whose clock is wrong says by it when it sends (`sentAt`), which is now: what it is ahead or behind
 * is what both differ by. Without that its clock is believed as long as that is possible.
 */
export function hitTime(at: Date | undefined, sentAt: Date | undefined, receivedAt: Date): HitTime {
  if (!at) return { at: receivedAt };
  const time = at.getTime() + (sentAt ? receivedAt.getTime() - sentAt.getTime() : 0);
  const late = receivedAt.getTime() - time;
  if (late < -AHEAD_MS) return { refused: sentAt ? 'Is later than sentAt' : 'Lies in the future' };
  if (late > LATE_DAYS * DAY_MS) return { refused: `Is longer ago than ${LATE_DAYS} days` };
  return { at: new Date(Math.min(time, receivedAt.getTime())) };
}
