import type { Principal } from '@cairn/auth';
import { Transactions } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Limits, whoever } from '../../limits/limits.service.ts';
import { LinkNotFound } from '../../links/link.errors.ts';
import { TooManyReports } from '../report.errors.ts';

const LIMIT = { name: 'link-reports', quota: 20, windowSeconds: 3_600 };
/** What a moderator reads of one link. Who reports it after that is thanked all the same. */
const MOST_OF_ONE_LINK = 100;

@Injectable()
export class ReportLinkHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly limits: Limits,
  ) {}

  /** Anybody who can visit it. Somebody's second report of a link changes nothing. @throws TooManyReports, LinkNotFound */
  async execute(caller: Principal | undefined, address: string, code: string, reason: string): Promise<void> {
    const limit = await this.limits.count(LIMIT, whoever(caller, address));
    if (limit) throw new TooManyReports(undefined, { limit });
    await this.transactions.run(async (tx) => {
      const [link] = (await tx.query(LINK, [code])) as { id: string }[];
      if (!link) throw new LinkNotFound();
      await tx.query(REPORT, [uuidv7(), link.id, caller?.id ?? null, reason, MOST_OF_ONE_LINK]);
    });
  }
}

/** Locked against its end. */
const LINK = 'SELECT id FROM links WHERE code = $1 AND deleted_at IS NULL FOR KEY SHARE';

const REPORT = `INSERT INTO link_reports (id, link_id, reporter_id, reason)
  SELECT $1::uuid, $2::uuid, $3::uuid, $4::text WHERE (SELECT count(*) FROM link_reports WHERE link_id = $2) < $5
  ON CONFLICT (link_id, reporter_id) DO NOTHING`;
