import { removePeople, type Person } from '../lib/people.ts';
import { notModifiedThresholds } from '../lib/not-modified.ts';
import { plan, story } from '../lib/plan.ts';
import { auditAuthors, writePost, written } from './author.ts';
import { auditDiscussion, discuss, discussed } from './discussion.ts';
import { readInTheMorning } from './reader.ts';
import { newShelf, removePosts, type Shelf } from './shelf.ts';

/* A busy morning: many read, some discuss one post, a few write. */
export interface Data extends Shelf {
  readonly run: string;
  readonly people: readonly Person[];
}

export const options = plan({
  stories: { reader: 12, discussion: 15, author: 2 },
  budgets: { read: 60, write: 120 },
  thresholds: { ...notModifiedThresholds, ...discussed.thresholds, ...written.thresholds },
});

export const setup = (): Data => newShelf();

export const reader = story(readInTheMorning);
export const discussion = story(discuss);
export const author = story(writePost);

export function teardown(data: Data): void {
  auditDiscussion(data);
  auditAuthors(data);
  if (__ENV.KEEP) return;
  removePosts(data.people);
  removePeople(data.people);
}
