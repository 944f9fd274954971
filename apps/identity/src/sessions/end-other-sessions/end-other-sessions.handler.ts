import type { Principal } from '@cairn/auth';
import { Transactions } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { SessionEnding } from '../session-ending.service.ts';

@Injectable()
export class EndOtherSessionsHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly ending: SessionEnding,
  ) {}

  async execute({ id, sessionId }: Principal): Promise<void> {
    await this.transactions.run((tx) => this.ending.endAll(tx, id, { except: sessionId, reason: 'log-out' }));
  }
}
