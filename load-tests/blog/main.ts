import { notModifiedThresholds } from '../lib/not-modified.ts';
import { removePeople } from '../lib/people.ts';
import { plan, story } from '../lib/plan.ts';
import { newShelf, removePosts, type Shelf } from '../lib/shelf.ts';
import { auditAuthors, writePost, written } from './author.ts';
import { auditDiscussion, discuss, discussed } from './discussion.ts';
import { readInTheMorning } from './reader.ts';

/* A busy morning: many read, some discuss one post, a few write. */
export const options = plan({
  stories: { reader: { perSecond: 6 }, discussion: { perSecond: 8 }, author: { perSecond: 1 } },
  budgets: { read: 100, write: 200 },
  thresholds: { ...notModifiedThresholds, ...discussed.thresholds, ...written.thresholds },
});

export const setup = (): Shelf => newShelf();

export const reader = story(readInTheMorning);
export const discussion = story(discuss);
export const author = story(writePost);

export function teardown(shelf: Shelf): void {
  auditDiscussion(shelf);
  auditAuthors(shelf);
  removePosts(shelf.people);
  removePeople(shelf.people);
}
