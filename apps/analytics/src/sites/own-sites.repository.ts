import type { Transaction } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { newKey } from './site.repository.ts';

/** Sites that are made by the first of what they count. */
@Injectable()
export class OwnSites {
  /**
   * Of each owner of links (null: of nobody's links) the id of the site, made where there is none. Two that make the same one take turns,
   * and both find it. None of deleted users.
   */
  async ofLinks(tx: Transaction, ownerIds: readonly (string | null)[]): Promise<Map<string | null, string>> {
    const owners = [...new Set(ownerIds)].sort();
    const found = await this.linkSites(tx, owners);
    const missing = owners.filter((owner) => !found.has(owner));
    if (!missing.length) return found;
    await tx.query(MAKE_OF_LINKS, [missing, missing.map(() => uuidv7()), missing.map(newKey)]);
    return this.linkSites(tx, owners);
  }

  async ofBlog(tx: Transaction): Promise<string> {
    const find = async () => (await tx.query(`SELECT id FROM sites WHERE kind = 'blog'`))[0]?.id as string | undefined;
    const found = await find();
    if (found) return found;
    await tx.query(
      `INSERT INTO sites (id, kind, name, key) VALUES ($1, 'blog', 'Blog', $2) ON CONFLICT (kind) WHERE kind = 'blog' DO NOTHING`,
      [uuidv7(), newKey()],
    );
    return (await find())!;
  }

  private async linkSites(tx: Transaction, owners: readonly (string | null)[]): Promise<Map<string | null, string>> {
    const rows: { ownerId: string | null; id: string }[] = await tx.query(OF_LINKS, [owners, owners.includes(null)]);
    return new Map(rows.map(({ ownerId, id }) => [ownerId, id]));
  }
}

const OF_LINKS = `SELECT owner_id AS "ownerId", id FROM sites WHERE kind = 'links' AND (owner_id = ANY($1::uuid[]) OR $2 AND owner_id IS NULL)`;

const MAKE_OF_LINKS = `
  INSERT INTO sites (id, kind, owner_id, name, key)
  SELECT id, 'links', owner_id, 'Links', key FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS given (owner_id, id, key)
  WHERE NOT EXISTS (SELECT FROM deleted_users WHERE user_id = owner_id) ORDER BY owner_id
  ON CONFLICT (owner_id) WHERE kind = 'links' DO NOTHING`;
