import type { Principal } from '@cairn/auth';
import type { Transaction } from '@cairn/database';
import { checkVersion, type SeenVersion } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import { LinkCache } from './link-cache.service.ts';
import { assertMay, type LinkAction } from './link.policy.ts';
import { fingerprintOf, Link } from './link.ts';

@Injectable()
export class LinkRepository {
  constructor(private readonly cache: LinkCache) {}

  /**
   * All of them in one statement, in the order of their codes: two that want the same codes wait for each other and never in a circle.
   * A code that another link has, or had until not long ago, is left out: the ids of those that are in come back.
   */
  async insert(tx: Transaction, links: readonly Link[]): Promise<Set<string>> {
    const rows = JSON.stringify(links.map((link) => ({ ...link, utm: link.utm ?? undefined })));
    const inserted = (await tx.query(INSERT, [rows])) as { id: string; code: string }[];
    this.cache.changed(tx, inserted.map(({ code }) => code)); // prettier-ignore
    return new Set(inserted.map(({ id }) => id));
  }

  /**
   * The link, locked until the transaction ends, if this caller may do this with it.
   * @throws LinkNotFound also when it is deleted or the caller may not see it
   * @throws NotYourLink, Stale
   */
  async lockForChange(
    tx: Transaction,
    caller: Principal,
    action: LinkAction,
    code: string,
    seen: SeenVersion,
  ): Promise<Link> {
    const link = await tx
      .createQueryBuilder(Link, 'link')
      .where('link.code = :code AND link.deleted_at IS NULL', { code })
      .setLock('for_no_key_update') // reads go on, and whatever only refers to the row
      .getOne();
    assertMay(caller, action, link);
    checkVersion(seen, link.version);
    return link;
  }

  /** After a change of a locked link. What sends visitors elsewhere now is no longer what was asked for once more. */
  async save(tx: Transaction, link: Link): Promise<void> {
    await tx.update(Link, link.id, link);
    const isPlain = link.passwordHash === null && link.disabledAt === null;
    await tx.query(FORGET_UNLESS_SAME, [link.id, isPlain ? fingerprintOf(link) : '']);
    this.cache.changed(tx, [link.code]);
  }

  /** Of a locked link: none is claimed until the transaction ends. */
  async claimedVisitsOf(tx: Transaction, id: string): Promise<number> {
    const [row] = (await tx.query('SELECT claimed_visits AS claimed FROM links WHERE id = $1', [id])) as { claimed: number }[]; // prettier-ignore
    return row!.claimed;
  }

  /**
   * What is left holds the code until its quarantine is over, so that nobody gets who was meant for another; all else goes, whoever
   * reads the table.
   */
  async delete(tx: Transaction, links: readonly Pick<Link, 'id' | 'code'>[]): Promise<void> {
    const ids = links.map(({ id }) => id);
    await tx.query('DELETE FROM known_targets WHERE link_id = ANY($1::uuid[])', [ids]);
    await tx.query('DELETE FROM link_reports WHERE link_id = ANY($1::uuid[])', [ids]);
    await tx.query(EMPTY, [ids]);
    this.cache.changed(tx, links.map(({ code }) => code)); // prettier-ignore
  }

  /** Some of this owner's. Whether there were any. */
  async deleteSomeOf(tx: Transaction, ownerId: string): Promise<boolean> {
    const links = (await tx.query(SOME_OF, [ownerId])) as { id: string; code: string }[];
    if (links.length) await this.delete(tx, links);
    return links.length > 0;
  }

  /** Some codes of links that were deleted so many days ago. Whether there were any that no other instance has in hand. */
  async freeSome(tx: Transaction, days: number): Promise<boolean> {
    const [freed] = (await tx.query(FREE, [days])) as [{ id: string; code: string }[], number];
    await tx.query('DELETE FROM link_counters WHERE link_id = ANY($1::uuid[])', [freed.map(({ id }) => id)]);
    this.cache.changed(tx, freed.map(({ code }) => code)); // prettier-ignore
    return freed.length > 0;
  }

  /** So many numbers for codes that nobody else is given. */
  async nextNumbers(tx: Transaction, count: number): Promise<number[]> {
    const rows = (await tx.query(`SELECT nextval('code_numbers') AS number FROM generate_series(1, $1)`, [count])) as {
      number: string;
    }[];
    return rows.map(({ number }) => Number(number));
  }
}

const INSERT = `INSERT INTO links (id, code, owner_id, url, title, tags, status, passes_path, passes_query, utm, rules, targets, hosts,
    password_hash, starts_at, expires_at, max_visits, created_at, updated_at, version)
  SELECT id, code, "ownerId", url, title, tags, status, "passPath", "passQuery", utm, rules, targets, hosts,
    "passwordHash", "startsAt", "expiresAt", "maxVisits", "createdAt", "updatedAt", version
  FROM jsonb_to_recordset($1::jsonb) AS new (id uuid, code text, "ownerId" uuid, url text, title text, tags text[], status integer,
    "passPath" boolean, "passQuery" boolean, utm jsonb, rules jsonb, targets jsonb, hosts text[], "passwordHash" text,
    "startsAt" timestamptz, "expiresAt" timestamptz, "maxVisits" integer, "createdAt" timestamptz, "updatedAt" timestamptz, version integer)
  ORDER BY code COLLATE "C"
  ON CONFLICT (code) DO NOTHING RETURNING id, code`;

const EMPTY = `UPDATE links SET deleted_at = clock_timestamp(), owner_id = NULL, url = '', title = '', tags = '{}', utm = NULL, rules = '[]',
    targets = '[]', hosts = '{}', password_hash = NULL, disabled_reason = NULL, disabled_at = NULL, version = version + 1
  WHERE id = ANY($1::uuid[])`;

const FORGET_UNLESS_SAME = `DELETE FROM known_targets WHERE link_id = $1 AND url_digest <> decode($2, 'hex')`;

const SOME_OF = `SELECT id, code FROM links WHERE owner_id = $1 AND deleted_at IS NULL ORDER BY id LIMIT 200 FOR NO KEY UPDATE`;

const FREE = `DELETE FROM links WHERE id = ANY(
    ARRAY(SELECT id FROM links WHERE deleted_at < clock_timestamp() - $1 * interval '1 day'
      ORDER BY deleted_at LIMIT 500 FOR UPDATE SKIP LOCKED) ||
    ARRAY(SELECT id FROM links WHERE owner_id IS NULL AND deleted_at IS NULL AND expires_at < clock_timestamp() - $1 * interval '1 day'
      ORDER BY expires_at LIMIT 500 FOR UPDATE SKIP LOCKED))
  RETURNING id, code`;
