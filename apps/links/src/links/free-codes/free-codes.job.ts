import { Transactions } from '@cairn/database';
import { Job, type JobProvider } from '@cairn/service/job';
import { Inject, Injectable } from '@nestjs/common';
import { LinkRepository } from '../link.repository.ts';
import { LINKS_OPTIONS, type LinksOptions } from '../links.options.ts';

/**
 * Gives the codes of deleted links free when their quarantine is over, and those of links that were nobody's so long after their end, some
 * hundreds in a transaction. Several instances may do it at once.
 */
@Job({ name: 'free-codes', everyMs: 60_000 })
@Injectable()
export class FreeCodesJob implements JobProvider {
  constructor(
    private readonly transactions: Transactions,
    private readonly links: LinkRepository,
    @Inject(LINKS_OPTIONS) private readonly options: LinksOptions,
  ) {}

  async run(stopping?: AbortSignal): Promise<void> {
    while (await this.transactions.run((tx) => this.links.freeSome(tx, this.options.quarantineDays)))
      if (stopping?.aborted) return;
  }
}
