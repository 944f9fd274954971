import { Sql, type Transaction } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import type { Readers } from './reader.dto.ts';
import { TooManyReaders } from './site.errors.ts';
import { MAX_READERS } from './site.ts';

/** Who may read a site beside its owner. */
@Injectable()
export class ReaderRepository {
  constructor(private readonly sql: Sql) {}

  async of(siteId: string): Promise<Readers> {
    const text = `SELECT user_id AS "userId", invited_at AS "invitedAt" FROM site_readers WHERE site_id = $1 ORDER BY invited_at, user_id`;
    return { items: await this.sql.rows({ name: 'site-readers', text }, [siteId]) };
  }

  /** Under the lock of the site. @throws TooManyReaders */
  async add(tx: Transaction, siteId: string, userId: string): Promise<void> {
    await tx.query('INSERT INTO site_readers (site_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING', [siteId, userId]); // prettier-ignore
    const [{ count }] = await tx.query('SELECT count(*)::integer AS count FROM site_readers WHERE site_id = $1', [siteId]); // prettier-ignore
    if (count > MAX_READERS) throw new TooManyReaders();
  }

  async remove(tx: Transaction, siteId: string, userId: string): Promise<void> {
    await tx.query('DELETE FROM site_readers WHERE site_id = $1 AND user_id = $2', [siteId, userId]);
  }
}
