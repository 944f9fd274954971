import { PostAlreadyPublished } from './post.errors.ts';

export type PostState = 'draft' | 'published';

export interface PostContent {
  title: string;
  body: string;
  excerpt: string | null;
}

/** A post and its rules. `version` grows with every change; it is what If-Match compares. */
export class Post {
  id: string;
  authorId: string;
  slug: string;
  title: string;
  body: string;
  excerpt: string | null;
  state: PostState;
  publishedAt: Date | null;
  version: number;
  createdAt: Date;
  updatedAt: Date;

  static draft(id: string, authorId: string, content: PostContent, now: Date): Post {
    return Object.assign(new Post(), {
      ...content,
      id,
      authorId,
      slug: slugify(content.title),
      state: 'draft',
      publishedAt: null,
      version: 1,
      createdAt: now,
      updatedAt: now,
    } satisfies Fields<Post>);
  }

  /** Absent means unchanged. */
  edit(change: Partial<PostContent>, now: Date): void {
    const given = Object.entries(change).filter(([, value]) => value !== undefined);
    Object.assign(this, Object.fromEntries(given));
    this.touch(now);
  }

  publish(now: Date): void {
    if (this.state === 'published') throw new PostAlreadyPublished();
    this.state = 'published';
    this.publishedAt = now;
    this.touch(now);
  }

  private touch(now: Date): void {
    this.version += 1;
    this.updatedAt = now;
  }
}

type Fields<T> = { [K in keyof T as T[K] extends (...args: never[]) => unknown ? never : K]: T[K] };

/** Letters and digits of any script, joined by hyphens. */
export function slugify(title: string): string {
  const words = title
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu);
  return (words?.join('-') ?? 'post').slice(0, 80);
}
