import { createClient, orThrow, type Client } from '@cairn/client';
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ask, newcomer } from './client.ts';

const WRITERS = 3;
const PAUSE_MS = 25;
const LOGIN_PAUSE_MS = 1_000;

/** One request: when it began and ended (performance.now) and what came. */
export interface Sample {
  readonly what: string;
  readonly began: number;
  readonly ended: number;
  /** `none` when no answer came. */
  readonly status: number | 'none';
  /** A 503 that is not application/problem+json is not clear. */
  readonly clear: boolean;
  /** Of a problem: what went wrong. */
  readonly code?: unknown;
}

/**
 * A steady load through the gateway: writers of posts and of comments, who retry with the same Idempotency-Key until they are told that it is
 * done, and readers, who do not retry.
 */
export class Load {
  readonly samples: Sample[] = [];
  readonly #api: string;
  readonly #gateway: string;
  readonly #commenters: number;
  readonly #name = `load_${randomBytes(4).toString('hex')}`;
  readonly #titles = new Set<string>();
  readonly #comments = new Set<string>();
  #user!: Awaited<ReturnType<typeof newcomer>>;
  #client!: Client;
  #slug!: string;
  #running = true;
  #loops: Promise<void>[] = [];

  /** @param commenters who all write below one post, and so wait for each other */
  constructor(gateway: string, commenters = WRITERS) {
    this.#commenters = commenters;
    this.#gateway = gateway;
    this.#api = `${gateway}/api/v1`;
  }

  async start(): Promise<void> {
    this.#user = await newcomer(this.#gateway, this.#name);
    this.#client = createClient({ origin: this.#gateway, token: this.#user.token });
    const content = { title: `${this.#name} discussed`, body: 'Discuss.' };
    const { slug } = await orThrow(this.#client.POST('/api/v1/posts', { body: content }));
    await orThrow(this.#client.POST('/api/v1/posts/{slug}/publish', { params: { path: { slug } } }));
    this.#slug = slug;
    this.#titles.add(content.title);
    const writers = [
      ...Array.from({ length: WRITERS }, (_, n) => this.#writePosts(n)),
      ...Array.from({ length: this.#commenters }, (_, n) => this.#writeComments(n)),
    ];
    const reads = [`${this.#api}/posts`, this.#post, `${this.#post}/comments`, `${this.#api}/users/me`];
    this.#loops = [...writers, ...reads.map((url) => this.#read(url)), this.#logInAgainAndAgain()];
  }

  get #post(): string {
    return `${this.#api}/posts/${this.#slug}`;
  }

  /** Resolves when what is under way has been acknowledged. */
  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#loops);
  }

  /** What was acknowledged is there exactly once, and nothing else. Answers how much that is. */
  async verify(): Promise<{ posts: number; comments: number }> {
    const [posts, path] = [[] as string[], { slug: this.#slug }];
    for (const state of ['draft', 'published'] as const) {
      const query = { state, authorId: this.#user.id, limit: 100 };
      const list = (cursor?: string) => this.#client.GET('/api/v1/posts', { params: { query: { ...query, cursor } } });
      for (const { title } of await all((cursor) => orThrow(list(cursor)))) posts.push(title);
    }
    const list = (cursor?: string) =>
      this.#client.GET('/api/v1/posts/{slug}/comments', { params: { path, query: { limit: 100, cursor } } });
    const comments = (await all((cursor) => orThrow(list(cursor)))).map(({ body }) => body ?? '');
    same('posts', posts, this.#titles);
    same('comments', comments, this.#comments);
    const { commentCount } = await orThrow(this.#client.GET('/api/v1/posts/{slug}', { params: { path } }));
    if (commentCount !== comments.length) throw new Error(`${commentCount} comments are counted of ${comments.length}`);
    return { posts: posts.length, comments: comments.length };
  }

  async #writePosts(writer: number) {
    for (let n = 0; this.#running; n++) {
      const title = `${this.#name} ${writer} ${n}`;
      const content = { title, body: 'Written under load.' };
      if (await this.#create('create a post', `${this.#api}/posts`, content)) this.#titles.add(title);
    }
  }

  async #writeComments(writer: number) {
    for (let n = 0; this.#running; n++) {
      const body = `${this.#name} ${writer} ${n}`;
      if (await this.#create('comment', `${this.#post}/comments`, { body })) this.#comments.add(body);
    }
  }

  /** 409 is the answer while the first try with this key is still being worked on. */
  async #create(what: string, url: string, body: object): Promise<boolean> {
    const headers = { 'idempotency-key': randomUUID() };
    for (let isRetry = false; ; isRetry = true) {
      const sample = await this.#sample(what, url, { method: 'POST', body, headers }, isRetry ? [409] : []);
      const { status } = sample;
      if (status === 201) return true;
      // 502: it may have been done, which the same key finds out
      if (status !== 'none' && status !== 502 && status !== 503 && status !== 409) return false; // told so in the end
    }
  }

  async #read(url: string) {
    while (this.#running) await this.#sample(`GET ${new URL(url).pathname}`, url);
  }

  async #logInAgainAndAgain() {
    while (this.#running) {
      const { login, password } = this.#user;
      await this.#sample('log in', `${this.#api}/sessions`, { method: 'POST', body: { login, password } });
      await delay(LOGIN_PAUSE_MS);
    }
  }

  async #sample(what: string, url: string, options: object = {}, alsoRight: number[] = []): Promise<Sample> {
    const began = performance.now();
    const answer = await ask(url, { token: this.#user.token, ...options }).catch(() => undefined);
    const status = answer?.status ?? ('none' as const);
    const clear = answer !== undefined && (answer.status !== 503 || answer.problem);
    const sample: Sample = { what, began, ended: performance.now(), status, clear, code: answer?.body.code };
    if (!alsoRight.includes(answer?.status ?? 0)) this.samples.push(sample);
    await delay(PAUSE_MS);
    return sample;
  }
}

/** Every item of a list, page after page. */
async function all<Item>(page: (cursor?: string) => Promise<{ items: Item[]; nextCursor: string | null }>) {
  const items: Item[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const found = await page(cursor);
    items.push(...found.items);
    cursor = found.nextCursor;
  }
  return items;
}

function same(what: string, found: readonly string[], acknowledged: ReadonlySet<string>) {
  const twice = found.filter((each, index) => found.indexOf(each) !== index);
  const lost = [...acknowledged].filter((each) => !found.includes(each));
  const unknown = found.filter((each) => !acknowledged.has(each));
  const wrong = Object.entries({ twice, lost, unknown }).filter(([, those]) => those.length > 0);
  if (wrong.length)
    throw new Error(`${what}: ${wrong.map(([how, those]) => `${how}: ${those.join(', ')}`).join('; ')}`);
}
