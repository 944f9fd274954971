import { linkVisitsRecorded, type CloudEvent, type EventData, type Hit, type LinkVisit } from '@cairn/contracts/events';
import type { Transaction } from '@cairn/database';
import { Consumer, type ConsumerProvider } from '@cairn/messaging';
import { Injectable } from '@nestjs/common';
import { OwnSites } from '../../sites/own-sites.repository.ts';
import { HitRepository } from '../hit.repository.ts';
import { NO_PAGE } from '../own-hits.ts';

/** The visits of somebody's links are the hits of one site of theirs. */
@Consumer({ event: linkVisitsRecorded, group: 'analytics-visits' })
@Injectable()
export class StoreHitsOnVisitsRecorded implements ConsumerProvider<typeof linkVisitsRecorded> {
  constructor(
    private readonly sites: OwnSites,
    private readonly hits: HitRepository,
  ) {}

  async handleBatch(
    events: readonly CloudEvent<EventData<typeof linkVisitsRecorded>>[],
    tx: Transaction,
  ): Promise<void> {
    const visits = events.flatMap(({ data }) => data.visits);
    const sites = await this.sites.ofLinks(tx, visits.map(({ ownerId }) => ownerId)); // prettier-ignore
    await this.hits.store(tx, visits.flatMap((visit) => toHit(visit, sites.get(visit.ownerId)))); // prettier-ignore
  }
}

/** None of an account that is deleted. */
function toHit(visit: LinkVisit, siteId: string | undefined): Hit[] {
  if (!siteId) return [];
  const { id, at, referrer, audience, code, linkId, target } = visit;
  const props = { linkId, target };
  return [
    { ...NO_PAGE, id, siteId, at, receivedAt: at, name: 'link-visit', path: `/s/${code}`, referrer, props, audience },
  ];
}
