import { isDeepStrictEqual } from 'node:util';
import { render } from '../markdown.ts';
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
  /** Normalised, each once. */
  tags: string[];
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
  tags: string[];
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

  /**
   * An absent field is unchanged. A new title brings a new slug; the repository makes it unique and remembers the old one.
   * Answers whether anything has changed: when not, the version stays.
   */
  edit(change: Partial<PostContent>, now: Date): boolean {
    const content = { ...contentOf(this), ...withoutAbsent(change) };
    if (isDeepStrictEqual(content, contentOf(this))) return false;
    if (content.title !== this.title) this.slug = slugify(content.title);
    if (content.body !== this.body) {
      const { html, summary, readingMinutes } = render(content.body);
      Object.assign(this, { bodyHtml: html, summary, readingMinutes });
    }
    Object.assign(this, content);
    this.changed(now);
    return true;
  }

  /** `since` is when it appeared first, where that was before now (an imported post). @throws PostStateConflict */
  publish(now: Date, since = now): void {
    this.state = stateAfter(this.state, 'publish');
    this.publishAt = null;
    this.publishedAt ??= since;
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

const contentOf = ({ title, body, excerpt, coverImageUrl, tags }: PostContent): PostContent => ({
  title,
  body,
  excerpt,
  coverImageUrl,
  tags,
});

const withoutAbsent = (change: Partial<PostContent>): Partial<PostContent> =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
