import type { Transaction } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { LinkCache } from '../links/link-cache.service.ts';
import type { DisabledHost } from './host.dto.ts';

@Injectable()
export class HostRepository {
  constructor(private readonly cache: LinkCache) {}

  /** Again with another reason, too. */
  async disable(tx: Transaction, host: string, reason: string, by: string): Promise<DisabledHost> {
    const [disabled] = (await tx.query(DISABLE, [host, reason, by])) as [DisabledHost];
    this.cache.hostChanged(tx, host);
    return disabled;
  }

  /** Whether it was disabled. */
  async enable(tx: Transaction, host: string): Promise<boolean> {
    const [rows] = (await tx.query('DELETE FROM disabled_hosts WHERE host = $1 RETURNING host', [host])) as [object[]];
    this.cache.hostChanged(tx, host);
    return rows.length > 0;
  }
}

const DISABLE = `INSERT INTO disabled_hosts (host, reason, disabled_by) VALUES ($1, $2, $3)
  ON CONFLICT (host) DO UPDATE SET reason = excluded.reason, disabled_by = excluded.disabled_by
  RETURNING host, reason, disabled_by AS "disabledBy", disabled_at AS "disabledAt"`;
