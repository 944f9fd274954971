import { Transactions } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { SessionEnding } from '../session-ending.service.ts';
import { SessionNotFound } from '../session.errors.ts';

@Injectable()
export class EndSessionHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly ending: SessionEnding,
  ) {}

  /** @throws SessionNotFound when it is somebody else's, too */
  async execute(userId: string, sessionId: string): Promise<void> {
    if (!(await this.end(userId, sessionId))) throw new SessionNotFound();
  }

  /** Logging out twice is logging out. */
  async current(userId: string, sessionId: string): Promise<void> {
    await this.end(userId, sessionId);
  }

  private end(userId: string, sessionId: string): Promise<boolean> {
    return this.transactions.run((tx) => this.ending.end(tx, userId, sessionId, 'log-out'));
  }
}
