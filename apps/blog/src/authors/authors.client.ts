import { Cache, type Cached } from '@cairn/caching';
import type { HttpClient } from '@cairn/resilience';
import { Inject, Injectable, Logger } from '@nestjs/common';
import DataLoader from 'dataloader';
import { z } from 'zod';
import { AuthorSchema, type Author } from './author.dto.ts';

export const IDENTITY = Symbol('IDENTITY');

const AnswerSchema = z.object({ items: z.array(AuthorSchema) });

/**
 * The authors of what a page shows, in one call to identity however many there are, and mostly in none. Without identity the last
 * known names are shown, and nobody's where none is known: a post is worth reading all the same.
 */
@Injectable()
export class AuthorsClient {
  private readonly logger = new Logger(AuthorsClient.name);
  private readonly known: Cached<Author>;
  private readonly loader = new DataLoader<string, Author>((ids) => this.load(ids), {
    cache: false,
    maxBatchSize: 100,
    batchScheduleFn: (ask) => setTimeout(ask, GATHER_MS), // Redis' answers, by which they are asked for, come one by one
  });

  constructor(
    @Inject(IDENTITY) private readonly identity: HttpClient,
    cache: Cache,
  ) {
    this.known = cache.define({ name: 'author-v1', ttlMs: 30_000, staleMs: 30_000, staleIfErrorMs: 60 * 60_000 });
  }

  async of(ids: readonly string[]): Promise<Map<string, Author>> {
    const distinct = [...new Set(ids)];
    return new Map(await Promise.all(distinct.map(async (id) => [id, await this.one(id)] as const)));
  }

  /** Somebody is called otherwise, or nobody any more: no instance shows what was known of them. */
  forget(id: string): Promise<void> {
    return this.known.invalidate(id);
  }

  private async one(id: string): Promise<Author> {
    const known = await this.known.get(id, () => this.loader.load(id)).catch(() => undefined);
    return known ?? nameless(id, false);
  }

  private load(ids: readonly string[]): Promise<Author[]> {
    return this.ask(ids).catch((error: Error) => {
      this.logger.warn(`Authors are shown without their latest names: ${error.message}`);
      throw error;
    });
  }

  private async ask(ids: readonly string[]): Promise<Author[]> {
    const answer = await this.identity.fetch(`/internal/v1/profiles?ids=${ids.join(',')}`);
    if (!answer.ok) throw new Error(`identity answered ${answer.status}`);
    const { items } = AnswerSchema.parse(await answer.json());
    const found = new Map(items.map((author) => [author.id, author]));
    return ids.map((id) => found.get(id) ?? nameless(id, true));
  }
}

const GATHER_MS = 2;

const nameless = (id: string, deleted: boolean): Author => ({
  id,
  username: null,
  displayName: null,
  avatarUrl: null,
  deleted,
});
