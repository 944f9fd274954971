import { render } from './markdown.ts';
import { stateAfter, type PostState } from './post-state.ts';
import { slugify } from './slug.ts';

/** What an author writes. */
export interface PostContent {
  title: string;
  /** Markdown. */
  body: string;
  /** Null: the first words of the body stand for it. */
  excerpt: string | null;
  coverImageUrl: string | null;
}

/** A post and its rules. `version` grows with every change; it is what If-Match compares. */
export class Post implements PostContent {
  id: string;
  authorId: string;
  slug: string;
  title: string;
  body: string;
  bodyHtml: string;
  excerpt: string | null;
  summary: string;
  readingMinutes: number;
  coverImageUrl: string | null;
  state: PostState;
  /** When a scheduled post appears. */
  publishAt: Date | null;
  /** When it appeared first; kept when it is archived and published again. */
  publishedAt: Date | null;
  version: number;
  createdAt: Date;
  updatedAt: Date;

  static draft(id: string, authorId: string, content: PostContent, now: Date): Post {
    const post = Object.assign(new Post(), { id, authorId, state: 'draft', publishAt: null, publishedAt: null });
    Object.assign(post, { version: 0, createdAt: now });
    post.edit(content, now);
    return post;
  }

  /** An absent field is unchanged. A new title brings a new slug; the repository makes it unique and remembers the old one. */
  edit(change: Partial<PostContent>, now: Date): void {
    const { title = this.title, body = this.body, excerpt = this.excerpt, coverImageUrl = this.coverImageUrl } = change;
    if (title !== this.title) this.slug = slugify(title);
    if (body !== this.body) {
      const { html, summary, readingMinutes } = render(body);
      Object.assign(this, { bodyHtml: html, summary, readingMinutes });
    }
    Object.assign(this, { title, body, excerpt, coverImageUrl });
    this.changed(now);
  }

  /** @throws PostStateConflict */
  publish(now: Date): void {
    this.state = stateAfter(this.state, 'publish');
    this.publishAt = null;
    this.publishedAt ??= now;
    this.changed(now);
  }

  /** @throws PostStateConflict */
  schedule(at: Date, now: Date): void {
    this.state = stateAfter(this.state, 'schedule');
    this.publishAt = at;
    this.changed(now);
  }

  /** @throws PostStateConflict */
  unpublish(now: Date): void {
    this.state = stateAfter(this.state, 'unpublish');
    this.publishAt = null;
    this.changed(now);
  }

  private changed(now: Date): void {
    this.version += 1;
    this.updatedAt = now;
  }
}
