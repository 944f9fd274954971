import type { Principal } from '@cairn/auth';
import { Transactions } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { UserRepository } from '../../users/user.repository.ts';
import { SessionEnding } from '../session-ending.service.ts';

@Injectable()
export class EndOtherSessionsHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly users: UserRepository,
    private readonly ending: SessionEnding,
  ) {}

  async execute({ id, sessionId }: Principal): Promise<void> {
    await this.transactions.run(async (tx) => {
      await this.users.lock(tx, id); // a log-in that has begun is ended too
      await this.ending.endAll(tx, id, { except: sessionId, reason: 'log-out' });
    });
  }
}
