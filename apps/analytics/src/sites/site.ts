/** What is measured: the pages of somebody (`web`), the links of somebody, or the blog. The last two are made by themselves. */
export type SiteKind = 'web' | 'links' | 'blog';

export interface SiteSettings {
  name: string;
  /** IANA; its days are what reports count by. */
  timeZone: string;
  /** Of the pages that may tell of hits; empty: all. */
  allowedOrigins: string[];
}

/** What is needed to decide who may see it. */
export interface SiteOfSomebody {
  /** Null: nobody's, so the admins'. */
  readonly ownerId: string | null;
  /** Whether the caller was invited. */
  readonly isReader: boolean;
}

export const MAX_SITES = 100;
export const MAX_READERS = 100;
