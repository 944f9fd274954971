import { toHtml } from '../markdown.ts';
import { CommentStateConflict, ThreadTooDeep } from './comment.errors.ts';

export type CommentState = 'visible' | 'hidden' | 'deleted';

/** How many comments stand one below the other, the first of the thread included. */
export const MAX_DEPTH = 5;

export interface NewComment {
  postId: string;
  authorId: string;
  /** Markdown. */
  body: string;
  /** The comment that it replies to. */
  parent?: Comment | undefined;
}

/** A comment and its rules. `version` grows with every change; it is what If-Match compares. */
export class Comment {
  id: string;
  postId: string;
  parentId: string | null;
  authorId: string;
  /** The ids from the top of the thread down to this comment. */
  path: string;
  depth: number;
  /** Gone, with its HTML, when the comment is deleted. */
  body: string | null;
  bodyHtml: string | null;
  state: CommentState;
  hiddenReason: string | null;
  version: number;
  createdAt: Date;
  updatedAt: Date;

  /** @throws ThreadTooDeep, CommentStateConflict when the parent is hidden or deleted */
  static write(id: string, { postId, authorId, body, parent }: NewComment, now: Date): Comment {
    if (parent && parent.state !== 'visible')
      throw new CommentStateConflict(`The comment that parentId names is ${parent.state}: it takes no replies`);
    if (parent && parent.depth >= MAX_DEPTH) throw new ThreadTooDeep();
    return Object.assign(new Comment(), {
      ...{ id, postId, authorId, parentId: parent?.id ?? null },
      ...{ path: parent ? `${parent.path}/${id}` : id, depth: parent ? parent.depth + 1 : 1 },
      ...{ body, bodyHtml: toHtml(body), state: 'visible', hiddenReason: null },
      ...{ version: 1, createdAt: now, updatedAt: now },
    });
  }

  /** A hidden comment stays hidden. An absent field is unchanged; when all are, so is the version. */
  edit({ body = this.body! }: { body?: string | undefined }, now: Date): void {
    if (body === this.body) return;
    Object.assign(this, { body, bodyHtml: toHtml(body) });
    this.changed(now);
  }

  /** @throws CommentStateConflict */
  hide(reason: string, now: Date): void {
    if (this.state !== 'visible') throw new CommentStateConflict(`The comment is ${this.state}`);
    Object.assign(this, { state: 'hidden', hiddenReason: reason });
    this.changed(now);
  }

  /** @throws CommentStateConflict */
  unhide(now: Date): void {
    if (this.state !== 'hidden') throw new CommentStateConflict(`The comment is ${this.state}`);
    Object.assign(this, { state: 'visible', hiddenReason: null });
    this.changed(now);
  }

  /** What was said is gone; the place stays, for the replies. */
  delete(now: Date): void {
    Object.assign(this, { state: 'deleted', body: null, bodyHtml: null, hiddenReason: null });
    this.changed(now);
  }

  private changed(now: Date): void {
    this.version += 1;
    this.updatedAt = now;
  }
}
