import { Sql } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import type { Utm } from './link.ts';
import { DISABLED_HOST } from './link.sql.ts';
import type { ServedLink } from './served-link.ts';
import { withUtm } from './utm.ts';

type Row = ServedLink & { readonly utm: Utm | null; readonly hosts: readonly string[] };

export interface FoundLink {
  readonly link: ServedLink;
  /** Of all its addresses, with the domains that they are in. */
  readonly hosts: readonly string[];
}

/** What is asked of the database when nobody has it in memory: one read by the unique index of codes. */
@Injectable()
export class ServedLinks {
  constructor(private readonly sql: Sql) {}

  async byCode(code: string): Promise<FoundLink | undefined> {
    const [row] = await this.sql.rows<Row>(SERVED_LINK, [code]);
    if (!row) return undefined;
    const { utm, hosts, ...link } = row;
    if (!utm) return { link, hosts };
    const tagged = <Address extends { readonly url: string }>(each: Address) => ({
      ...each,
      url: withUtm(each.url, utm),
    });
    return { hosts, link: { ...tagged(link), targets: link.targets.map(tagged), rules: link.rules.map(tagged) } };
  }
}

const epochMs = (column: string) => `(extract(epoch FROM ${column}) * 1000)::float8`;

/** Exported for the test of its plan. */
export const SERVED_LINK = {
  name: 'served-link',
  text: `SELECT l.id, l.code, l.owner_id AS "ownerId", l.status, l.url, l.targets, l.rules, l.passes_path AS "passPath",
      l.passes_query AS "passQuery", l.password_hash IS NOT NULL AS "hasPassword", ${epochMs('l.starts_at')} AS "startsAt",
      ${epochMs('l.expires_at')} AS "expiresAt", l.max_visits AS "maxVisits", coalesce(l.claimed_visits >= l.max_visits, false) AS "isUsedUp",
      l.deleted_at IS NOT NULL AS "isDeleted", coalesce(l.disabled_reason, ${DISABLED_HOST}) AS "disabledReason", l.utm, l.hosts
    FROM links l WHERE l.code = $1`,
};
