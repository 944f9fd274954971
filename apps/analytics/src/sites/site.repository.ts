import type { Principal } from '@cairn/auth';
import type { Transaction } from '@cairn/database';
import { checkVersion, type SeenVersion } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { TooManySites } from './site.errors.ts';
import { assertMayChange } from './site.policy.ts';
import { isReader } from './site.sql.ts';
import { MAX_SITES, type SiteKind, type SiteOfSomebody, type SiteSettings } from './site.ts';
import { TrackedSites } from './tracked-sites.service.ts';

type Locked = SiteSettings &
  SiteOfSomebody & { readonly id: string; readonly kind: SiteKind; readonly version: number };

@Injectable()
export class SiteRepository {
  constructor(private readonly tracked: TrackedSites) {}

  /** Answers its id. @throws TooManySites */
  async insert(tx: Transaction, ownerId: string, { name, timeZone, allowedOrigins }: SiteSettings): Promise<string> {
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`sites of ${ownerId}`]);
    const [{ count }] = await tx.query(
      `SELECT count(*)::integer AS count FROM sites WHERE owner_id = $1 AND kind = 'web'`,
      [ownerId],
    );
    if (count >= MAX_SITES) throw new TooManySites();
    const id = uuidv7();
    await tx.query(
      `INSERT INTO sites (id, kind, owner_id, name, key, time_zone, allowed_origins) VALUES ($1, 'web', $2, $3, $4, $5, $6)`,
      [id, ownerId, name, newKey(), timeZone, allowedOrigins],
    );
    return id;
  }

  /** Locked until the transaction ends, if this caller may change it. @throws SiteNotFound, NotYourSite, Stale */
  async lockForChange(tx: Transaction, caller: Principal, siteId: string, seen?: SeenVersion): Promise<Locked> {
    const [site] = (await tx.query(LOCK, [siteId, caller.id])) as Locked[];
    assertMayChange(caller, site);
    if (seen) checkVersion(seen, site.version);
    return site;
  }

  async save(tx: Transaction, id: string, { name, timeZone, allowedOrigins }: SiteSettings): Promise<void> {
    await tx.query(
      `UPDATE sites SET name = $2, time_zone = $3, allowed_origins = $4, version = version + 1, updated_at = now() WHERE id = $1`,
      [id, name, timeZone, allowedOrigins],
    );
    this.tracked.changed(tx, [id]);
  }

  /** It is gone at once; what it has gathered is erased in steps. */
  async delete(tx: Transaction, ids: readonly string[]): Promise<void> {
    await tx.query('DELETE FROM sites WHERE id = ANY($1)', [ids]);
    await tx.query('INSERT INTO site_erasures (site_id) SELECT unnest($1::uuid[]) ON CONFLICT DO NOTHING', [ids]);
    this.tracked.changed(tx, ids);
  }
}

/** 96 random bits. */
export const newKey = () => randomBytes(12).toString('base64url');

const LOCK = `SELECT s.id, s.kind, s.owner_id AS "ownerId", s.name, s.time_zone AS "timeZone", s.allowed_origins AS "allowedOrigins", s.version,
    ${isReader('$2')} AS "isReader"
  FROM sites s WHERE s.id = $1 FOR NO KEY UPDATE OF s`;
