import type { Principal } from '@cairn/auth';
import { Transactions } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { RejectedRowRepository } from '../rejected-row.repository.ts';

@Injectable()
export class DiscardRejectedRowHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly rows: RejectedRowRepository,
  ) {}

  /** @throws RejectedRowNotFound */
  execute(caller: Principal, id: string): Promise<void> {
    return this.transactions.run(async (tx) => void (await this.rows.take(tx, caller, id)));
  }
}
