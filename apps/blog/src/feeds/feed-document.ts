import { Feed } from 'feed';
import type { FeedsOptions } from './feeds.options.ts';

export const formats = ['atom', 'rss', 'json'] as const;
export type FeedFormat = (typeof formats)[number];

export const contentTypes: Record<FeedFormat, string> = {
  atom: 'application/atom+xml; charset=utf-8', // RFC 4287, section 7
  rss: 'application/rss+xml; charset=utf-8',
  json: 'application/feed+json; charset=utf-8', // jsonfeed.org, version 1
};

export interface FeedPost {
  readonly id: string;
  readonly slug: string;
  readonly title: string;
  readonly excerpt: string;
  readonly bodyHtml: string;
  readonly publishedAt: Date;
  readonly updatedAt: Date;
}

/** When any of them changed last. */
const lastChange = (posts: readonly FeedPost[]) =>
  new Date(Math.max(0, ...posts.map(({ updatedAt }) => updatedAt.getTime())));

/** The same text for the same posts. Links are absolute; a post is known by its id, whatever its slug becomes. */
export function feedDocument(
  format: FeedFormat,
  posts: readonly FeedPost[],
  { title, publicUrl }: FeedsOptions,
): string {
  const at = (path: string) => `${publicUrl}${encodeURI(path)}`;
  const plain = format === 'json' ? (text: string) => text : asHtml;
  const feed = new Feed({
    id: at('/feeds/posts'),
    title: plain(title),
    description: 'The latest posts',
    link: at('/'),
    author: { name: title },
    feedLinks: Object.fromEntries(formats.map((each) => [each, at(`/feeds/posts.${each}`)])),
    updated: lastChange(posts),
    copyright: '',
  });
  for (const { id, slug, title, excerpt, bodyHtml, publishedAt, updatedAt } of posts)
    feed.addItem({
      ...{ id: `urn:uuid:${id}`, link: at(`/api/v1/posts/${slug}`), date: updatedAt, published: publishedAt },
      ...{ title: plain(title), description: plain(excerpt), content: bodyHtml },
    });
  const text = { atom: () => feed.atom1(), rss: () => feed.rss2(), json: () => feed.json1() }[format]();
  return text.replace(NOT_XML, '\ufffd');
}

/** Titles of Atom and RSS are read as HTML, even where they are no markup. */
const asHtml = (text: string) => text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);

/** Text that a post may hold and XML may not (XML 1.0, section 2.2). */
const NOT_XML = /[\ufffe\uffff]/g;
