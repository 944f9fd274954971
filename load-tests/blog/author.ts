import { check } from 'k6';
import exec from 'k6/execution';
import { ask } from '../lib/api.ts';
import { Ledger } from '../lib/ledger.ts';
import { tokenAside, tokenOf } from '../lib/people.ts';
import { untilAcknowledged } from '../lib/acknowledged.ts';
import { postsOf, type Shelf } from '../lib/shelf.ts';

const posts = new Ledger('posts');
const comments = new Ledger('comments');
const likes = new Ledger('likes');
/** Of the posts that were written under load, not of the shelf's. */
export const written = { thresholds: { ...posts.thresholds, ...comments.thresholds, ...likes.thresholds } };

const isWritten = (run: string) => (title: string) => title.startsWith(`Written ${run}`);

/** A draft, an edit, the same edit from a second window, out with it, a first comment and a like; then a look at what a reader sees. */
export function writePost({ run, people }: Shelf): void {
  const n = exec.scenario.iterationInTest;
  const person = people[n % people.length]!;
  const token = tokenOf(person);
  if (!token) return;
  const title = `Written ${run} ${n}`;
  const write = (name: string, status = 200) => ({ name, kind: 'write' as const, token, expect: [status] });

  const content = { title, body: 'A first thought.', tags: ['load'] };
  const draft = untilAcknowledged('/api/v1/posts', `${run}-${n}-draft`, { ...write('draft', 201), body: content });
  if (!draft.ok) return;
  posts.acknowledged();
  const { slug } = draft.json<{ slug: string }>();
  const path = `/api/v1/posts/${slug}`;

  const seen = { 'if-match': draft.etag };
  const edit = ask('PATCH', path, { ...write('edit'), headers: seen, body: { body: `Thought over, ${n}.` } });
  if (!edit.ok) return;
  ask('PATCH', path, { ...write('edit of what was', 412), headers: seen, body: { body: 'A lost update.' } });
  if (!ask('POST', `${path}/publish`, { ...write('publish'), body: {} }).ok) return;

  const comment = { ...write('comment', 201), body: { body: `A first word, ${n}` } };
  const isCommented = untilAcknowledged(`${path}/comments`, `${run}-${n}-comment`, comment).ok;
  if (isCommented) comments.acknowledged();
  const isLiked = ask('PUT', `${path}/like`, write('like')).ok;
  if (isLiked) likes.acknowledged();

  const post = ask('GET', path, { name: 'new post', kind: 'read', expect: [200] });
  if (!post.ok) return;
  const { body, commentCount, likeCount } = post.json<{ body: string; commentCount: number; likeCount: number }>();
  check(post, {
    'the edit that was acknowledged is what is read': () => body === `Thought over, ${n}.`,
    'who has just written sees it counted': () => commentCount >= Number(isCommented) && likeCount >= Number(isLiked),
  });
}

/** What was acknowledged is there, once. */
export function auditAuthors({ run, people }: Shelf): void {
  for (const person of people) {
    const token = tokenAside(person);
    const all = ['published', 'draft'].flatMap((state) => postsOf(person, state, token));
    const found = all.filter(({ title }) => isWritten(run)(title));
    check(found, { 'no post is there twice': () => new Set(found.map(({ title }) => title)).size === found.length });
    posts.found(found.length);
    comments.found(found.reduce((sum, { commentCount }) => sum + commentCount, 0));
    likes.found(found.reduce((sum, { likeCount }) => sum + likeCount, 0));
  }
}
