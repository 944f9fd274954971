import { postPublished, type CloudEvent, type EventData } from '@cairn/contracts/events';
import type { Transaction } from '@cairn/database';
import { Consumer, type ConsumerProvider } from '@cairn/messaging';
import { Injectable } from '@nestjs/common';
import { OwnSites } from '../../sites/own-sites.repository.ts';
import { HitRepository } from '../hit.repository.ts';
import { NO_AUDIENCE, NO_PAGE } from '../own-hits.ts';

@Consumer({ event: postPublished, group: 'analytics-blog' })
@Injectable()
export class StoreHitOnPostPublished implements ConsumerProvider<typeof postPublished> {
  constructor(
    private readonly sites: OwnSites,
    private readonly hits: HitRepository,
  ) {}

  /** `publishedAt` may be years ago, of an imported post: it counts when it could be read here. */
  async handle({ id, time, data }: CloudEvent<EventData<typeof postPublished>>, tx: Transaction): Promise<void> {
    const siteId = await this.sites.ofBlog(tx);
    const happened = { id, siteId, at: time, receivedAt: time, name: 'post-published', path: `/posts/${data.slug}` };
    await this.hits.store(tx, [{ ...NO_PAGE, ...happened, props: { postId: data.postId }, audience: NO_AUDIENCE }]);
  }
}
