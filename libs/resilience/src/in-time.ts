import { DeadlineExceeded } from '@cairn/http/errors';
import { remainingMs } from '@cairn/observability';

/** Before work that nobody waits for any more. @throws DeadlineExceeded */
export function assertInTime(): void {
  if (remainingMs() === 0) throw new DeadlineExceeded();
}
