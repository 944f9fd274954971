import { Transactions } from '@cairn/database';
import { Job, type JobProvider } from '@cairn/service/job';
import { Injectable, Logger } from '@nestjs/common';
import { LinkRepository } from '../../links/link.repository.ts';
import { ErasureRepository, type Erasure } from '../erasure.repository.ts';

/**
 * Erases what deleted users have left: their links, some hundreds in a transaction, so that nobody waits for it and a crash costs one step;
 * and their names on reports. Several instances may do it at once. The codes are in quarantine, like those of any deleted link.
 */
@Job({ name: 'erase-users', everyMs: 250 })
@Injectable()
export class EraseUsersJob implements JobProvider {
  private readonly logger = new Logger(EraseUsersJob.name);

  constructor(
    private readonly transactions: Transactions,
    private readonly erasures: ErasureRepository,
    private readonly links: LinkRepository,
  ) {}

  async run(stopping?: AbortSignal): Promise<void> {
    for (const erasure of await this.erasures.due()) {
      if (stopping?.aborted) return;
      await this.erase(erasure, stopping).catch((error: unknown) => {
        this.logger.error(
          error,
          `What the deleted user ${erasure.userId} has left is not erased yet; it is tried again`,
        );
      });
    }
  }

  private async erase(erasure: Erasure, stopping?: AbortSignal): Promise<void> {
    const { userId } = erasure;
    while (await this.transactions.run((tx) => this.links.deleteSomeOf(tx, userId))) if (stopping?.aborted) return;
    await this.transactions.run(async (tx) => {
      await tx.query('UPDATE link_reports SET reporter_id = NULL WHERE reporter_id = $1', [userId]);
      await this.erasures.passed(tx, erasure);
    });
  }
}
