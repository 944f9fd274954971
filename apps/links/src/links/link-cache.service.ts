import { Cache, type Cached } from '@cairn/caching';
import { afterCommit, type Transaction } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { mayBeCode } from './code.ts';
import type { ServedLink } from './served-link.ts';
import { ServedLinks } from './served-links.query.ts';

/**
 * In milliseconds. What is changed is told at once; the first two are for a process that dies between its commit and that. Without
 * PostgreSQL what is known goes on for an hour.
 */
const LIFETIME = { ttlMs: 30_000, staleMs: 30_000, staleIfErrorMs: 3_600_000, negativeTtlMs: 30_000 };
/** Some 50 MB at most. Who tries codes at random pushes out what nobody visits, and not what is visited meanwhile. */
const MOST_LINKS = 50_000;

/** What visits read of links: from memory, else from Redis, else by one read. That there is none is kept, too. */
@Injectable()
export class LinkCache {
  private readonly links: Cached<{ readonly link: ServedLink; readonly hosts: readonly string[] }>;

  constructor(
    private readonly cache: Cache,
    private readonly source: ServedLinks,
  ) {
    this.links = cache.define({
      name: 'link-v1',
      ...LIFETIME,
      maxEntries: MOST_LINKS,
      tags: (found) => found?.hosts.map((host) => `host:${host}`) ?? [],
    });
  }

  async get(code: string): Promise<ServedLink | undefined> {
    if (!mayBeCode(code)) return undefined;
    return (await this.links.get(code, () => this.source.byCode(code)))?.link;
  }

  /** For who knows that it is outdated: reads it anew, and lets nobody read what was there before. */
  async refresh(code: string): Promise<void> {
    await this.links.get(code, () => this.source.byCode(code), { fresh: true });
  }

  /** What is fresh in memory; undefined says nothing. */
  peek(code: string): ServedLink | undefined {
    return this.links.peek(code)?.link;
  }

  /** For whoever writes links: after the commit nobody is sent where they led before. A new one too: somebody may just find out that there is none. */
  changed(tx: Transaction, codes: readonly string[]): void {
    if (codes.length > 0) afterCommit(tx, () => this.links.invalidate(...codes));
  }

  /** The same for all links that lead to the host, or to one in that domain. */
  hostChanged(tx: Transaction, host: string): void {
    afterCommit(tx, () => this.cache.invalidateTags([`host:${host}`]));
  }
}
