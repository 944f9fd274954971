import type { Principal } from '@cairn/auth';
import { Transactions } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Limits, whoever } from '../../limits/limits.service.ts';
import { LinkNotFound } from '../../links/link.errors.ts';
import { addressesOf, type LinkBehaviour } from '../../links/link.ts';
import { TooManyReports } from '../report.errors.ts';

const LIMIT = { name: 'link-reports', quota: 20, windowSeconds: 3_600 };
/** A stranger reports one link once a day. */
const ONCE = { name: 'link-report-of-stranger', quota: 1, windowSeconds: 86_400 };
/** What a moderator reads of one link by people with an account, and by strangers. Who reports it after that is thanked all the same. */
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
    if (!caller && (await this.limits.count(ONCE, `${whoever(caller, address)} ${code}`))) return;
    await this.transactions.run(async (tx) => {
      const [link] = (await tx.query(LINK, [code])) as (Pick<LinkBehaviour, 'url' | 'targets' | 'rules'> & {
        id: string;
      })[];
      if (!link) throw new LinkNotFound();
      const urls = [...new Set(addressesOf(link).map(({ url }) => url))];
      await tx.query(REPORT, [uuidv7(), link.id, caller?.id ?? null, reason, urls, MOST_OF_ONE_LINK]);
    });
  }
}

/** Locked against its end. One that has not begun is not told of. */
const LINK = `SELECT id, url, targets, rules FROM links
  WHERE code = $1 AND deleted_at IS NULL AND (starts_at IS NULL OR starts_at <= now()) FOR KEY SHARE`;

/** With the addresses as they are: its owner may change them before a moderator looks. */
const REPORT = `INSERT INTO link_reports (id, link_id, reporter_id, reason, urls)
  SELECT $1::uuid, $2::uuid, $3::uuid, $4::text, $5::text[]
  WHERE (SELECT count(*) FROM link_reports WHERE link_id = $2 AND (reporter_id IS NULL) = ($3::uuid IS NULL)) < $6
  ON CONFLICT (link_id, reporter_id) DO NOTHING`;
