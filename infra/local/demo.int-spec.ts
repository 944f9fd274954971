import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { demoAccounts, fillDemoWorld, type DemoOptions } from './demo.ts';

interface Body {
  readonly login: string;
  readonly username: string;
  readonly roles: string[];
  readonly body: string;
  readonly parentId?: string;
  readonly files: { path: string; content: string }[];
  readonly name: string;
  readonly links: { code: string; url: string }[];
  readonly hits: { id: string }[];
}

interface StoredComment {
  readonly slug: string;
  readonly authorId: string;
  readonly body: string;
  readonly parentId?: string;
  hidden: boolean;
}

/** What the public API promises to a repeated request, and a crash before or after any of them. */
class System {
  users = new Map<string, string[]>();
  posts = new Map<string, string>();
  comments = new Map<string, StoredComment>();
  likes = new Set<string>();
  links = new Map<string, string>();
  sites = new Map<string, string>();
  hits = new Set<string>();
  requests = 0;
  crash: { at: number; effect: 'none' | 'done' } | undefined;

  answer(method: string, url: string, headers: IncomingMessage['headers'], body: Body): [number, object] {
    const who = headers.authorization?.replace('Bearer ', '') ?? '';
    const [, , , resource, id, action] = url.split(/[/?]/) as [string, string, string, string, string, string?];
    if (method === 'GET' && action === 'comments') {
      const all = [...this.comments].filter(([, { slug }]) => slug === id);
      const from = Number(/cursor=(\d+)/.exec(url)?.[1] ?? 0);
      // By pages of one; of what is hidden the words are shown to its author and to moderators only
      const items = all.slice(from, from + 1).map(([commentId, { hidden, body: says, ...comment }]) => {
        const visible = !hidden || who === 'eve' || who === comment.authorId;
        return { id: commentId, ...comment, body: visible ? says : null };
      });
      return [200, { items, nextCursor: from + 1 < all.length ? String(from + 1) : null }];
    }
    if (url.startsWith('/s/')) return [this.links.has(url.slice(3)) ? 302 : 404, {}];
    if (method === 'GET' && resource === 'sites') return [200, { items: [...this.sites].map(([name, key]) => ({ name, key })) }]; // prettier-ignore
    if (resource === 'sites') {
      this.sites.set(body.name, `key-${this.sites.size}`);
      return [201, { name: body.name, key: this.sites.get(body.name) }];
    }
    if (resource === 'links') {
      for (const link of body.links) this.links.set(link.code, link.url);
      return [200, {}];
    }
    if (resource === 'collect') {
      for (const hit of body.hits) this.hits.add(hit.id);
      return [202, {}];
    }
    if (method === 'GET') return [200, { items: [...this.posts.keys()] }];
    if (resource === 'sessions') return [201, { accessToken: body.login, user: { id: body.login } }];
    if (url === '/api/v1/users') {
      if (this.users.has(body.username)) return [409, { title: 'Taken' }];
      this.users.set(body.username, ['author']);
      return [201, { id: body.username }];
    }
    if (action === 'roles') this.users.set(id, body.roles);
    else if (action === 'like') this.likes.add(`${who} ${id}`);
    else if (action === 'hide') {
      const comment = this.comments.get(decodeURIComponent(id))!;
      if (comment.hidden) return [409, { title: 'Hidden' }];
      comment.hidden = true;
    } else if (action === 'comments') {
      // A key is forgotten after a day: who goes on after the weekend cannot count on it.
      const comment = { slug: id, authorId: who, body: body.body, hidden: false, parentId: body.parentId };
      const commentId = `comment-${this.comments.size + 1}`;
      this.comments.set(commentId, comment);
      return [201, { id: commentId }];
    } else if (id === 'import') {
      const { files } = body;
      for (const file of files) this.posts.set(file.path, file.content.replace(/^date: .*$/m, ''));
      return [200, { files: files.map((file) => ({ path: file.path, result: 'created' })) }];
    } else return [404, { title: 'Nothing is here' }];
    return [200, {}];
  }
}

let system: System;
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const isCrash = ++system.requests === system.crash?.at;
  if (isCrash && system.crash?.effect === 'none') return void request.socket.destroy();
  const body = JSON.parse(Buffer.concat(chunks).toString() || '{}');
  const [status, answer] = system.answer(request.method!, request.url!, request.headers, body);
  if (isCrash) return void request.socket.destroy();
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
});
const folder = mkdtempSync(path.join(tmpdir(), 'cairn-demo-'));
const marker = path.join(folder, 'demo-world');
const originOf = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const fill = (options: Partial<DemoOptions> = {}) => fillDemoWorld({ originOf, marker, runs: () => true, ...options });

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
beforeEach(() => {
  system = new System();
  rmSync(marker, { force: true });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const stateOf = ({ users, posts, comments, likes, links, sites, hits }: System) =>
  structuredClone({ users, posts, comments, likes, links, sites, hits });

test('a world of people, the documentation, threads and likes; the next start asks nothing', async () => {
  expect(await fill()).toBe(true);
  expect(Object.fromEntries(system.users)).toEqual(
    Object.fromEntries(demoAccounts.map(({ username, roles }) => [username, roles])),
  );
  expect([...system.posts.keys()]).toEqual(expect.arrayContaining(['errors.md', '../README.md', 'demo/next-walk.md']));
  expect([...system.comments.values()].filter(({ hidden }) => hidden)).toHaveLength(1);
  expect([...system.comments.values()].filter(({ parentId }) => parentId)).toHaveLength(4);
  expect(system.links.size).toBe(3);
  expect(system.sites.size).toBe(1);
  expect(system.hits.size).toBeGreaterThan(500);
  const { requests } = system;
  expect(await fill()).toBe(false);
  expect(system.requests).toBe(requests);
});

test('cut off before or after any request, it is gone on with, and ends as the same world', async () => {
  const posts = () => [{ path: 'one.md', content: '# One' }]; // it is done a hundred times
  await fill({ posts });
  const whole = stateOf(system);
  const { requests } = system;
  for (let at = 1; at <= requests; at++) {
    for (const effect of ['none', 'done'] as const) {
      system = new System();
      system.crash = { at, effect };
      rmSync(marker, { force: true });
      await expect(fill({ posts })).rejects.toThrow('The demo world could not be filled');
      expect(await fill({ posts })).toBe(true);
      expect(stateOf(system)).toEqual(whole);
    }
  }
  expect(readFileSync(marker, 'utf8')).toBe('done');
}, 60_000);

test('of services that do not run nothing is asked', async () => {
  expect(await fill({ runs: (service) => service === 'blog' })).toBe(true);
  expect([system.links.size, system.sites.size, system.hits.size]).toEqual([0, 0, 0]);
});

test('a system with posts of its own is left alone', async () => {
  system.posts.set('own.md', 'Text');
  expect(await fill()).toBe(false);
  expect(system.users.size).toBe(0);
  writeFileSync(marker, 'begun'); // unless they are what a cut-off start has left
  expect(await fill()).toBe(true);
});
