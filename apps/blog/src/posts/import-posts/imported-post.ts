import { hash } from 'node:crypto';
import type { Post, PostContent } from '../post.ts';

/** What a file says. */
export interface ImportedPost {
  readonly content: PostContent;
  readonly draft: boolean;
  /** When it appeared or shall appear; null: now. */
  readonly date: Date | null;
}

/** What was last taken over from the file, as it is remembered. */
export interface TakenOver {
  readonly contentDigest: string;
  readonly publication: string;
}

export const takenOver = ({ content, draft, date }: ImportedPost): TakenOver => ({
  contentDigest: digestOf(content),
  publication: draft ? 'draft' : (date?.toISOString() ?? 'now'),
});

/**
 * Takes over what has changed in the file since the last time. The author's own hand goes first: content that was edited here is
 * not overwritten, and the file decides on the state only until the post has appeared.
 */
export function takeOver(
  post: Post,
  file: ImportedPost,
  last: TakenOver,
  now: Date,
): 'updated' | 'unchanged' | 'edited' {
  const { version } = post;
  const next = takenOver(file);
  if (next.contentDigest !== last.contentDigest) {
    if (![last.contentDigest, next.contentDigest].includes(digestOf(post))) return 'edited';
    post.edit(file.content, now);
  }
  if (next.publication !== last.publication && !post.publishedAt) appear(post, file, now);
  return post.version === version ? 'unchanged' : 'updated';
}

/** A draft stays or becomes one; a date in the future is waited for; everything else appears at once, under its own date. */
export function appear(post: Post, { draft, date }: ImportedPost, now: Date): void {
  if (draft) {
    if (post.state === 'scheduled') post.unpublish(now);
  } else if (date && date > now) post.schedule(date, now);
  else post.publish(now, date ?? now);
}

const digestOf = ({ title, body, excerpt, coverImageUrl, tags }: PostContent) =>
  hash('sha256', JSON.stringify([title, body, excerpt, coverImageUrl, tags]), 'base64url');
