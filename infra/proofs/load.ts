import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ask, expectAnswer, newcomer } from './client.ts';

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
  #post!: string;
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
    const { token } = this.#user;
    const content = { title: `${this.#name} discussed`, body: 'Discuss.' };
    const { slug } = await expectAnswer(201, `${this.#api}/posts`, { method: 'POST', body: content, token });
    this.#post = `${this.#api}/posts/${slug as string}`;
    await expectAnswer(200, `${this.#post}/publish`, { method: 'POST', body: {}, token });
    this.#titles.add(content.title);
    const writers = [
      ...Array.from({ length: WRITERS }, (_, n) => this.#writePosts(n)),
      ...Array.from({ length: this.#commenters }, (_, n) => this.#writeComments(n)),
    ];
    const reads = [`${this.#api}/posts`, this.#post, `${this.#post}/comments`, `${this.#api}/users/me`];
    this.#loops = [...writers, ...reads.map((url) => this.#read(url)), this.#logInAgainAndAgain()];
  }

  /** Resolves when what is under way has been acknowledged. */
  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#loops);
  }

  /** What was acknowledged is there exactly once, and nothing else. Answers how much that is. */
  async verify(): Promise<{ posts: number; comments: number }> {
    const { id, token } = this.#user;
    const posts: string[] = [];
    for (const state of ['draft', 'published']) {
      const list = `${this.#api}/posts?state=${state}&authorId=${id}`;
      for (const post of await this.#all(list, token)) posts.push(post.title as string);
    }
    const comments = (await this.#all(`${this.#post}/comments`, token)).map(({ body }) => body as string);
    same('posts', posts, this.#titles);
    same('comments', comments, this.#comments);
    const { commentCount } = await expectAnswer(200, this.#post);
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
      if (sample.status === 201) return true;
      if (sample.status !== 'none' && sample.status !== 503 && sample.status !== 409) return false; // told so in the end
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

  async #all(list: string, token: string): Promise<Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = [];
    const url = new URL(list);
    url.searchParams.set('limit', '100');
    for (let cursor: string | null | undefined; cursor !== null;) {
      if (cursor) url.searchParams.set('cursor', cursor);
      const page = await expectAnswer(200, url.href, { token });
      items.push(...(page.items as Record<string, unknown>[]));
      cursor = page.nextCursor as string | null;
    }
    return items;
  }
}

function same(what: string, found: readonly string[], acknowledged: ReadonlySet<string>) {
  const twice = found.filter((each, index) => found.indexOf(each) !== index);
  const lost = [...acknowledged].filter((each) => !found.includes(each));
  const unknown = found.filter((each) => !acknowledged.has(each));
  const wrong = Object.entries({ twice, lost, unknown }).filter(([, those]) => those.length > 0);
  if (wrong.length)
    throw new Error(`${what}: ${wrong.map(([how, those]) => `${how}: ${those.join(', ')}`).join('; ')}`);
}
