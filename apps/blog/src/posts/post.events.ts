import { postDeleted, postPublished, postUnpublished } from '@cairn/contracts/events';
import type { Transaction } from '@cairn/database';
import type { Outbox } from '@cairn/messaging';
import type { PostState } from './post-state.ts';
import type { Post } from './post.ts';

/** What everybody may see now that they could not before, or may not any more. Nothing when that has not changed. */
export async function announceState(
  outbox: Outbox,
  tx: Transaction,
  before: PostState | undefined,
  post: Post,
): Promise<void> {
  if (post.state === before) return;
  if (post.state === 'published')
    await outbox.publish(tx, postPublished, {
      ...namesOf(post),
      title: post.title,
      publishedAt: post.publishedAt!.toISOString(),
    });
  else if (before === 'published') await outbox.publish(tx, postUnpublished, namesOf(post));
}

/** Of one that nobody but its author has seen nobody hears. */
export async function announceDeletion(outbox: Outbox, tx: Transaction, post: Post): Promise<void> {
  if (post.publishedAt) await outbox.publish(tx, postDeleted, namesOf(post));
}

const namesOf = ({ id, slug, authorId }: Post) => ({ postId: id, slug, authorId });
