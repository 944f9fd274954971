import { commentAdded, type CloudEvent, type EventData } from '@cairn/contracts/events';
import type { Transaction } from '@cairn/database';
import { Consumer, type ConsumerProvider } from '@cairn/messaging';
import { Injectable } from '@nestjs/common';
import { OwnSites } from '../../sites/own-sites.repository.ts';
import { HitRepository } from '../hit.repository.ts';
import { NO_AUDIENCE, NO_PAGE } from '../own-hits.ts';

@Consumer({ event: commentAdded, group: 'analytics-blog' })
@Injectable()
export class StoreHitOnCommentAdded implements ConsumerProvider<typeof commentAdded> {
  constructor(
    private readonly sites: OwnSites,
    private readonly hits: HitRepository,
  ) {}

  async handle({ time, data }: CloudEvent<EventData<typeof commentAdded>>, tx: Transaction): Promise<void> {
    const { commentId: id, postSlug, postId } = data;
    const siteId = await this.sites.ofBlog(tx);
    const happened = { id, siteId, at: time, receivedAt: time, name: 'comment-added', path: `/posts/${postSlug}` };
    await this.hits.store(tx, [{ ...NO_PAGE, ...happened, props: { postId }, audience: NO_AUDIENCE }]);
  }
}
