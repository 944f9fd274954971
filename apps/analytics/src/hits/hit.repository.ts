import type { Hit } from '@cairn/contracts/events';
import type { Transaction } from '@cairn/database';
import { Inject, Injectable } from '@nestjs/common';
import { ageOf } from './hit-age.ts';
import { hitColumns } from './hit.mapper.ts';
import { PREPARE, STORE_HITS } from './hit.sql.ts';
import { HITS_OPTIONS, type HitsOptions } from './hits.options.ts';
import { RejectedRowRepository } from './rejected-row.repository.ts';

/** Where all hits end, whoever tells of them. */
@Injectable()
export class HitRepository {
  constructor(
    private readonly rejected: RejectedRowRepository,
    @Inject(HITS_OPTIONS) private readonly options: HitsOptions,
  ) {}

  /**
   * Each once, by its site and id, whatever its time: one that is known is left out, as is one of a site that is gone. What comes so late
   * that its day is not kept, or that nobody knows any more whether it was stored, is rejected: an operator can see it. Answers how many
   * were new.
   */
  async store(tx: Transaction, hits: readonly Hit[]): Promise<number> {
    const [{ now }] = (await tx.query('SELECT now()')) as [{ now: Date }];
    const ages = Map.groupBy(hits, (hit) => ageOf(hit, now, this.options));
    for (const reason of ['too-old', 'too-late', 'in-the-future'] as const)
      await this.rejected.keepHits(tx, ages.get(reason) ?? [], reason);
    const fresh = [...new Map((ages.get('storable') ?? []).map((hit) => [`${hit.siteId} ${hit.id}`, hit])).values()];
    if (!fresh.length) return 0;

    const siteIds = [...new Set(fresh.map(({ siteId }) => siteId))];
    const days = [...new Set(fresh.map(({ at }) => at.slice(0, 10)))];
    const [{ ids }] = (await tx.query(PREPARE, [siteIds, days])) as [{ ids: string[] }];
    const known = new Set(ids);
    const ofSites = fresh.filter(({ siteId }) => known.has(siteId));
    if (!ofSites.length) return 0;
    const [{ stored }] = (await tx.query(STORE_HITS, hitColumns(ofSites))) as [{ stored: number }];
    return stored;
  }
}
