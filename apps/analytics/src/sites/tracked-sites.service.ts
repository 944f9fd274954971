import { Cache, type Cached } from '@cairn/caching';
import { afterCommit, Sql, type Transaction } from '@cairn/database';
import { Injectable } from '@nestjs/common';

/** What is needed to take a hit. */
export interface TrackedSite {
  readonly id: string;
  readonly timeZone: string;
  readonly allowedOrigins: readonly string[];
  readonly visitorSalt: string;
}

const BY_KEY = {
  name: 'tracked-site',
  text: `SELECT id, time_zone AS "timeZone", allowed_origins AS "allowedOrigins", visitor_salt AS "visitorSalt" FROM sites
    WHERE key = $1 AND kind = 'web'`,
};

/** Sites by their public key, from memory: every hit asks. A change is everywhere within milliseconds. */
@Injectable()
export class TrackedSites {
  private readonly byKey: Cached<TrackedSite>;

  constructor(
    private readonly cache: Cache,
    private readonly sql: Sql,
  ) {
    this.byKey = cache.define({
      name: 'tracked-site-v1',
      ttlMs: 30_000,
      staleMs: 30_000,
      staleIfErrorMs: 3_600_000, // hits go on while the database is away
      negativeTtlMs: 5_000,
      tags: (site) => (site ? [`site:${site.id}`] : []),
    });
  }

  withKey(key: string): Promise<TrackedSite | undefined> {
    return this.byKey.get(key, async () => (await this.sql.rows<TrackedSite>(BY_KEY, [key]))[0]);
  }

  /** For whoever changes or deletes a site: holds after the commit. */
  changed(tx: Transaction, siteIds: readonly string[]): void {
    if (siteIds.length) afterCommit(tx, () => this.cache.invalidateTags(siteIds.map((id) => `site:${id}`)));
  }
}
