import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Api, type Session } from './api.ts';
import { DEMO_PASSWORD, FIRST_ADMIN } from './environment.ts';
import { importPosts, lineOf } from './import-posts.ts';
import { readMarkdownFolder, type MarkdownFile } from './markdown-folder.ts';
import { threads, type DemoComment } from './demo-comments.ts';
import { openSite, shareLinks } from './demo-traffic.ts';
import type { ServiceName } from './topology.ts';

/** The people of the demo world. */
export const demoAccounts = [
  { username: 'ada', email: 'ada@cairn.example', displayName: 'Ada', roles: ['author'] },
  { username: 'bob', email: 'bob@cairn.example', displayName: 'Bob', roles: ['reader'] },
  { username: 'eve', email: 'eve@cairn.example', displayName: 'Eve', roles: ['reader', 'moderator'] },
] as const;
type DemoName = (typeof demoAccounts)[number]['username'];
type Sessions = Record<DemoName, Session>;

const likes: Record<string, readonly DemoName[]> = {
  'welcome-to-cairn': ['ada', 'bob', 'eve'],
  'how-to-read-a-cairn': ['bob', 'eve'],
  'naive-plans-and-why-they-are-worth-making': ['bob'],
};

export interface DemoOptions {
  /** The origin that answers a public path. */
  readonly originOf: (path: string) => string;
  /** Remembers that filling has begun, so that a crash in the middle is resumed; and that it is done, so that what is deleted stays so. */
  readonly marker: string;
  /** Which services run: what the others would hold is left out. */
  readonly runs: (service: ServiceName) => boolean;
  /** Ada's posts, other than the usual ones. */
  readonly posts?: () => readonly MarkdownFile[];
}

/**
 * Fills an empty system through its public API. Answers whether there was anything to do. Each step can be repeated: it has a
 * natural key (a username, a file, a like), or looks first what is there (a comment: an Idempotency-Key is forgotten after a day).
 */
export async function fillDemoWorld({ originOf, marker, runs, posts = adasPosts }: DemoOptions): Promise<boolean> {
  const state = existsSync(marker) ? readFileSync(marker, 'utf8') : undefined;
  if (state === 'done') return false;
  const api = new Api(originOf);
  try {
    const { items } = await api.ask<{ items: unknown[] }>('GET', '/api/v1/posts?limit=1');
    if (state !== 'begun' && items.length) return false;
    writeFileSync(marker, 'begun');
    const people = await settle(api);
    await publish(api, people.ada, posts());
    await talk(api, people);
    if (runs('analytics')) await openSite(api, people.ada.accessToken);
    if (runs('links')) await shareLinks(api, people.ada.accessToken);
  } catch (error) {
    throw new Error(`The demo world could not be filled: ${(error as Error).message}`, { cause: error });
  }
  writeFileSync(marker, 'done');
  return true;
}

/** Accounts and their roles. A changed role ends the tokens that are out, so that each signs in after it. */
async function settle(api: Api): Promise<Sessions> {
  const { FIRST_ADMIN_USERNAME = FIRST_ADMIN.username, FIRST_ADMIN_PASSWORD = DEMO_PASSWORD } = process.env;
  const { accessToken: token } = await api.signIn(FIRST_ADMIN_USERNAME, FIRST_ADMIN_PASSWORD);
  const signedIn = demoAccounts.map(async ({ roles, ...account }) => {
    const body = { ...account, password: DEMO_PASSWORD };
    const signIn = () => api.signIn(account.username, DEMO_PASSWORD);
    const created = await api.ask<{ id?: string }>('POST', '/api/v1/users', { body, orElse: [409] });
    const id = created.id ?? (await signIn()).user.id; // nobody's roles are touched but those of our own
    await api.ask('PUT', `/api/v1/users/${id}/roles`, { token, body: { roles } });
    return [account.username, await signIn()];
  });
  return Object.fromEntries(await Promise.all(signedIn)) as Sessions;
}

/** The documentation of this project, and what is below `demo/`. */
function adasPosts(): readonly MarkdownFile[] {
  const workspace = path.resolve(import.meta.dirname, '../..');
  const own = readMarkdownFolder(path.join(import.meta.dirname, 'demo')).files;
  return [
    ...readMarkdownFolder(path.join(workspace, 'docs')).files,
    { path: '../README.md', content: readFileSync(path.join(workspace, 'README.md'), 'utf8') },
    ...own.map(inAnHour),
  ];
}

async function publish(api: Api, { accessToken }: Session, files: readonly MarkdownFile[]): Promise<void> {
  for await (const report of importPosts(api, accessToken, files))
    if (report.result === 'failed') throw new Error(lineOf(report));
}

async function talk(api: Api, people: Sessions): Promise<void> {
  for (const [slug, names] of Object.entries(likes))
    for (const name of names) await api.ask('PUT', `/api/v1/posts/${slug}/like`, { token: people[name].accessToken });
  for (const [slug, comments] of Object.entries(threads))
    await discuss(api, people, slug, comments, await commentsOn(api, people.eve, slug));
}

/** By author and text. Who asks is a moderator, and reads hidden ones, too. */
async function commentsOn(api: Api, { accessToken: token }: Session, slug: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let cursor: string | null = ''; cursor !== null;) {
    const path: string = `/api/v1/posts/${slug}/comments?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
    const page: CommentPage = await api.ask('GET', path, { token });
    for (const { id, authorId, body } of page.items) found.set(`${authorId} ${body}`, id);
    cursor = page.nextCursor;
  }
  return found;
}

interface CommentPage {
  readonly items: readonly { readonly id: string; readonly authorId: string; readonly body: string | null }[];
  readonly nextCursor: string | null;
}

async function discuss(
  api: Api,
  people: Sessions,
  slug: string,
  comments: readonly DemoComment[],
  there: ReadonlyMap<string, string>,
  parentId?: string,
) {
  const write = async ({ by, says }: DemoComment) => {
    const { id } = await api.ask<{ id: string }>('POST', `/api/v1/posts/${slug}/comments`, {
      token: people[by].accessToken,
      key: `demo ${slug} ${by} ${says}`.replace(/[^!-~]+/g, '-').slice(0, 200),
      body: { body: says, ...(parentId && { parentId }) },
    });
    return id;
  };
  for (const comment of comments) {
    const { by, says, hidden, replies = [] } = comment;
    const id = there.get(`${people[by].user.id} ${says}`) ?? (await write(comment));
    await discuss(api, people, slug, replies, there, id);
    if (!hidden) continue;
    const token = people[hidden.by].accessToken;
    await api.ask('POST', `/api/v1/comments/${id}/hide`, { token, body: { reason: hidden.reason }, orElse: [409] });
  }
}

const inAnHour = ({ path, content }: MarkdownFile): MarkdownFile => ({
  path: `demo/${path}`,
  content: content.replace(/^date: in an hour$/m, `date: ${new Date(Date.now() + 3_600_000).toISOString()}`),
});
