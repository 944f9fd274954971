import { check } from 'k6';
import exec from 'k6/execution';
import { ask, askAll, askAside } from '../lib/api.ts';
import { Ledger } from '../lib/ledger.ts';
import { everyItem } from '../lib/pages.ts';
import { tokenAside, tokenOf } from '../lib/people.ts';
import { untilAcknowledged } from '../lib/acknowledged.ts';
import type { Post, Shelf } from '../lib/shelf.ts';

/** Comments of the post that everybody talks about: all of them count on one row. */
export const discussed = new Ledger('discussion_comments');

/** Every so often a client sends a comment twice at once. */
const TWICE_EVERY = 5;

/** Says something, or likes it, or takes the like back. */
export function discuss({ run, people, hot }: Shelf): void {
  const n = exec.scenario.iterationInTest;
  const person = people[n % people.length]!;
  const token = tokenOf(person);
  if (!token) return;
  const path = `/api/v1/posts/${hot}`;
  const write = { kind: 'write', token } as const;

  if (n % 3 === 0) {
    const isLike = Math.random() < 0.6;
    const answer = ask(isLike ? 'PUT' : 'DELETE', `${path}/like`, {
      ...write,
      name: isLike ? 'like' : 'unlike',
      expect: [200],
    });
    if (answer.ok) check(answer, { 'the answer says so': () => answer.json<{ liked: boolean }>().liked === isLike });
    return;
  }
  const key = `${run}-says-${n}`;
  const comment = { ...write, name: 'comment', expect: [201], body: { body: key } };
  if (n % TWICE_EVERY === 0) {
    const headers = { 'idempotency-key': key };
    const one = { ...comment, method: 'POST', path: `${path}/comments`, headers, expect: [201, 409] };
    const both = askAll([one, one]).filter(({ status }) => status === 201);
    check(both, {
      'sent twice it is one': (made) => new Set(made.map((each) => each.json<{ id: string }>().id)).size <= 1,
    });
  }
  if (untilAcknowledged(`${path}/comments`, key, comment).ok) discussed.acknowledged();
}

/** Every acknowledged comment is there once, and the numbers at the post are those of its comments and likes. */
export function auditDiscussion({ people, hot }: Shelf): void {
  const path = `/api/v1/posts/${hot}`;
  const comments = everyItem<{ body: string }>(`${path}/comments`).map(({ body }) => body);
  discussed.found(comments.length);
  const likers = people.filter((person) => {
    const ofMine = { name: 'own like', token: tokenAside(person), expect: [200] };
    return askAside('GET', `${path}/like`, ofMine).json<{ liked: boolean }>().liked;
  });
  const post = askAside('GET', path, { name: 'post in the end', expect: [200] });
  const { commentCount, likeCount } = post.json<Post>();
  check(post, {
    'no comment is there twice': () => new Set(comments).size === comments.length,
    'as many comments are counted as there are': () => commentCount === comments.length,
    'as many likes are counted as there are': () => likeCount === likers.length,
  });
}
