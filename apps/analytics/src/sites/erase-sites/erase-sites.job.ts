import { Transactions } from '@cairn/database';
import { Job, type JobProvider } from '@cairn/service/job';
import { Injectable, Logger } from '@nestjs/common';
import { DeletedUserRepository } from '../deleted-user.repository.ts';
import { SiteErasureRepository } from '../site-erasure.repository.ts';

/**
 * Erases what deleted sites have gathered, some thousand rows in a transaction: nobody waits for it, and a crash costs one step. Several
 * instances may do it at once.
 */
@Job({ name: 'erase-sites', everyMs: 1_000 })
@Injectable()
export class EraseSitesJob implements JobProvider {
  private readonly logger = new Logger(EraseSitesJob.name);

  constructor(
    private readonly transactions: Transactions,
    private readonly users: DeletedUserRepository,
    private readonly erasures: SiteErasureRepository,
  ) {}

  async run(stopping?: AbortSignal): Promise<void> {
    await this.transactions.run((tx) => this.users.deleteWhatIsTheirs(tx));
    for (const siteId of await this.erasures.due()) {
      if (stopping?.aborted) return;
      await this.erase(siteId, stopping).catch((error: unknown) => {
        this.logger.error(error, `What the deleted site ${siteId} has gathered is not erased yet; it is tried again`);
      });
    }
  }

  private async erase(siteId: string, stopping?: AbortSignal): Promise<void> {
    while (!stopping?.aborted && (await this.step(siteId)));
  }

  private step(siteId: string): Promise<boolean> {
    return this.transactions.run(async (tx) => {
      if (!(await this.erasures.lock(tx, siteId))) return false;
      if (await this.erasures.eraseSome(tx, siteId)) return true;
      await this.erasures.passed(tx, siteId);
      return false;
    });
  }
}
