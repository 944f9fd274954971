import type { Hit } from '@cairn/contracts/events';
import { InvalidEvent } from '@cairn/messaging';
import { Injectable, Logger } from '@nestjs/common';
import { TrackedSites, type TrackedSite } from '../../sites/tracked-sites.service.ts';
import { Audiences, type Sender } from '../audiences.service.ts';
import { HitStream } from '../hit-stream.service.ts';
import { HitsNotTaken, OriginNotAllowed, UnknownSiteKey } from '../hits.errors.ts';
import { newHit, type Receipt } from '../new-hit.mapper.ts';
import { RejectedRowRepository } from '../rejected-row.repository.ts';
import { rejectedRow, type RejectedRow } from '../rejected-row.ts';
import { BadRow, type Collected, type CollectHits } from './collect-hits.dto.ts';

@Injectable()
export class CollectHitsHandler {
  private readonly logger = new Logger(CollectHitsHandler.name);

  constructor(
    private readonly sites: TrackedSites,
    private readonly audiences: Audiences,
    private readonly stream: HitStream,
    private readonly rejectedRows: RejectedRowRepository,
  ) {}

  /** Resolves when the good rows are durable. @throws UnknownSiteKey, OriginNotAllowed, HitsNotTaken */
  async execute({ site: key, sentAt, hits: rows }: CollectHits, sender: Sender): Promise<Collected> {
    const site = await this.sites.withKey(key);
    if (!site) throw new UnknownSiteKey();
    assertFrom(sender.headers.origin, site);
    const receivedAt = new Date();
    const receipt: Receipt = { site, audience: await this.audiences.of(sender, site, receivedAt), sentAt, receivedAt };

    const hits: Hit[] = [];
    const rejected: Collected['rejected'] = [];
    const kept: RejectedRow[] = [];
    rows.forEach((row, index) => {
      const made = row instanceof BadRow ? row : newHit(row, receipt);
      if ('hit' in made) return void hits.push(made.hit);
      rejected.push({ index, errors: made.errors });
      kept.push(rejectedRow(row instanceof BadRow ? row.row : row, made.errors, receipt));
    });
    await this.append(hits);
    // Who sent them is told in any case: they are kept for whoever reads no answers, as pages do not.
    await this.rejectedRows.keep(kept).catch((error: unknown) => this.logger.warn(error, 'Rejected rows are not kept'));
    return { accepted: hits.length, rejected };
  }

  private async append(hits: readonly Hit[]): Promise<void> {
    try {
      await this.stream.append(hits);
    } catch (cause) {
      if (cause instanceof InvalidEvent) throw cause; // a mistake of ours: sending it again would not mend it
      throw Object.assign(new HitsNotTaken(undefined, { retryAfter: 5 }), { cause });
    }
  }
}

/** Browsers say truthfully where a page is from; against others it is no protection. */
function assertFrom(origin: string | undefined, { allowedOrigins }: TrackedSite): void {
  if (allowedOrigins.length && !allowedOrigins.includes(origin ?? '')) throw new OriginNotAllowed();
}
