import { v7 as uuidv7 } from 'uuid';
import type { LinkRule, LinkTarget, Utm } from './link.ts';

export interface LinkRow {
  readonly code: string;
  readonly url?: string;
  readonly status?: number;
  readonly ownerId?: string | null;
  readonly passPath?: boolean;
  readonly passQuery?: boolean;
  readonly utm?: Partial<Utm> | null;
  readonly rules?: readonly Partial<LinkRule>[];
  readonly targets?: readonly LinkTarget[];
  readonly hosts?: readonly string[];
  readonly passwordHash?: string | null;
  readonly startsAt?: Date | null;
  readonly expiresAt?: Date | null;
  readonly maxVisits?: number | null;
}

/** Puts links into the table past every check, for tests that are about visits. Answers their ids. */
export async function insertLinks(
  query: (text: string, values: unknown[]) => Promise<unknown>,
  ...rows: readonly LinkRow[]
): Promise<string[]> {
  const links = rows.map((row) => ({ id: uuidv7(), ...DEFAULTS, ...row }));
  await query(INSERT, [JSON.stringify(links)]);
  return links.map(({ id }) => id);
}

const DEFAULTS = {
  ownerId: null,
  url: 'https://example.org/',
  status: 302,
  passPath: false,
  passQuery: false,
  rules: [],
  targets: [],
  hosts: ['example.org', 'org'],
};

const INSERT = `INSERT INTO links (id, code, owner_id, url, status, passes_path, passes_query, utm, rules, targets, hosts, password_hash,
    starts_at, expires_at, max_visits)
  SELECT id, code, "ownerId", url, status, "passPath", "passQuery", utm, rules, targets, hosts, "passwordHash", "startsAt", "expiresAt",
    "maxVisits"
  FROM jsonb_to_recordset($1::jsonb) AS new (id uuid, code text, "ownerId" uuid, url text, status integer, "passPath" boolean,
    "passQuery" boolean, utm jsonb, rules jsonb, targets jsonb, hosts text[], "passwordHash" text, "startsAt" timestamptz,
    "expiresAt" timestamptz, "maxVisits" integer)`;
