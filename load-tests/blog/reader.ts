import { check } from 'k6';
import exec from 'k6/execution';
import { ask } from '../lib/api.ts';
import { readAgain } from '../lib/not-modified.ts';
import type { Post, Shelf } from '../lib/shelf.ts';

interface Page {
  readonly items: readonly Post[];
}

/** Somebody with a coffee: the front page, a post and its comments, others of the tag, a search, and the feed reader in the background. */
export function readInTheMorning({ slugs, tag, run }: Shelf): void {
  read('front page', '/api/v1/posts?limit=20');

  const n = exec.scenario.iterationInTest;
  const path = `/api/v1/posts/${slugs[n % slugs.length]}`;
  const post = read('post', path);
  read('comments', `${path}/comments`);
  if (post.ok) {
    check(post, { 'the post is whole': () => post.json<Post>().body.includes(run) });
    readAgain(path, 'post', post, true);
  }

  const tagged = read('tag', `/api/v1/posts?tag=${tag}&limit=20`);
  if (tagged.ok) check(tagged, { 'the tag finds its posts': () => tagged.json<Page>().items.length >= slugs.length });
  const found = read('search', `/api/v1/posts?q=${run}&limit=5`);
  if (found.ok) check(found, { 'the search finds the word': () => found.json<Page>().items.length === 5 });

  const feedPath = `/feeds/posts.${['atom', 'rss', 'json'][n % 3]}`;
  const feed = read('feed', feedPath);
  if (feed.ok) readAgain(feedPath, 'feed', feed, false); // authors are at work meanwhile
}

const read = (name: string, path: string) => ask('GET', path, { name, kind: 'read', expect: [200] });
