import { withoutDeadline } from '@cairn/observability';
import type { HttpClient } from '@cairn/resilience';
import { Inject, Injectable, Logger } from '@nestjs/common';
import DataLoader from 'dataloader';
import { z } from 'zod';
import { AuthorSchema, type Author } from './author.dto.ts';

export const IDENTITY = Symbol('IDENTITY');

/** How long a name may be out of date, in milliseconds. */
const FRESH_MS = 5_000;
const MAX_KNOWN = 10_000;

const AnswerSchema = z.object({ items: z.array(AuthorSchema) });

/**
 * The authors of what a page shows, in one call to identity however many there are, and mostly in none. Without identity the last
 * known names are shown, and nobody's where none is known: a post is worth reading all the same.
 */
@Injectable()
export class AuthorsClient {
  private readonly logger = new Logger(AuthorsClient.name);
  private readonly known = new Map<string, { author: Author; freshUntil: number }>();
  private readonly loader = new DataLoader<string, Author>((ids) => this.load(ids), {
    cache: false,
    maxBatchSize: 100,
  });

  constructor(@Inject(IDENTITY) private readonly identity: HttpClient) {}

  async of(ids: readonly string[]): Promise<Map<string, Author>> {
    const distinct = [...new Set(ids)];
    return new Map(await Promise.all(distinct.map(async (id) => [id, await this.one(id)] as const)));
  }

  private async one(id: string): Promise<Author> {
    const known = this.known.get(id);
    if (known && performance.now() < known.freshUntil) return known.author;
    return this.loader.load(id);
  }

  private async load(ids: readonly string[]): Promise<Author[]> {
    const found = await this.ask(ids).catch((error: Error) => {
      this.logger.warn(`Authors are shown without their latest names: ${error.message}`);
      return undefined;
    });
    for (const id of found ? ids : []) this.remember(found!.get(id) ?? nameless(id, true));
    return ids.map((id) => this.known.get(id)?.author ?? nameless(id, false));
  }

  private async ask(ids: readonly string[]): Promise<Map<string, Author>> {
    // One call for many requests: it does not fail because the first of them is in a hurry.
    const answer = await withoutDeadline(() => this.identity.fetch(`/internal/v1/profiles?ids=${ids.join(',')}`));
    if (!answer.ok) throw new Error(`identity answered ${answer.status}`);
    const { items } = AnswerSchema.parse(await answer.json());
    return new Map(items.map((author) => [author.id, author]));
  }

  private remember(author: Author): void {
    this.known.delete(author.id);
    this.known.set(author.id, { author, freshUntil: performance.now() + FRESH_MS });
    if (this.known.size > MAX_KNOWN) this.known.delete(this.known.keys().next().value!); // who was asked for longest ago
  }
}

const nameless = (id: string, deleted: boolean): Author => ({
  id,
  username: null,
  displayName: null,
  avatarUrl: null,
  deleted,
});
