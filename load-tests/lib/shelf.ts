import { askAside } from './api.ts';
import { everyItem } from './pages.ts';
import { tokenAside, newPeople, newRun, type Person } from './people.ts';

const PEOPLE = 4;
const POSTS = 12;
const PARAGRAPH = 'A cairn is a heap of stones that shows the way where there is no path. Whoever passes adds one.';

export interface Post {
  readonly slug: string;
  readonly title: string;
  readonly body: string;
  readonly commentCount: number;
  readonly likeCount: number;
}

export interface Shelf {
  readonly run: string;
  readonly people: Person[];
  readonly tag: string;
  /** Posts that nobody changes. */
  readonly slugs: string[];
  /** The one that everybody talks about. */
  readonly hot: string;
}

/** Published posts to read, made through the public API. @throws what ends the test when they cannot be made */
export function newShelf(): Shelf {
  const run = newRun();
  const people = newPeople(run, PEOPLE);
  const tag = run.replace('_', '-');
  const [hot, ...slugs] = Array.from({ length: POSTS + 1 }, (_, n) => {
    const { token } = people[n % PEOPLE]!;
    const body = {
      title: `${n ? 'A quiet post' : 'The post of the day'} ${run} ${n}`,
      body: [`# ${run}`, ...Array.from({ length: 8 }, () => PARAGRAPH)].join('\n\n'),
      tags: [tag],
    };
    const name = 'prepare post';
    const headers = { 'idempotency-key': `${run}-shelf-${n}` };
    const draft = askAside('POST', '/api/v1/posts', { name, token, body, headers, expect: [201, 403] });
    if (draft.status === 403)
      throw new Error('Whoever signs up must be an author for this test: start identity with SIGN_UP_ROLE=author.');
    const { slug } = draft.json<Post>();
    askAside('POST', `/api/v1/posts/${slug}/publish`, { name, token, body: {}, expect: [200, 409] });
    return slug;
  });
  return { run, people, tag, slugs, hot: hot! };
}

export const postsOf = ({ id }: Person, state: string, token: string) =>
  everyItem<Post>(`/api/v1/posts?state=${state}&authorId=${id}`, token);

/** With their comments and likes, so that a system in use stays as it was. */
export function removePosts(people: readonly Person[]): void {
  if (__ENV.KEEP) return;
  for (const person of people) {
    const token = tokenAside(person);
    const posts = ['published', 'draft'].flatMap((state) => postsOf(person, state, token));
    for (const { slug } of posts)
      askAside('DELETE', `/api/v1/posts/${slug}`, { name: 'delete post', token, expect: [204, 404] });
  }
}
