import { openDatabase, type OpenDatabase } from '@cairn/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ListLinksSchema } from './list-links.dto.ts';
import { listLinks, listLinksOfOwners } from './list-links.sql.ts';
import { database as schema } from '../../database.ts';

const OWNER = '00000000-0000-4000-8000-000000000007';
let links: OpenDatabase;

/** Twenty thousand links of a hundred owners: a rare tag, word and host, a common tag, word and host; some deleted, one disabled. */
beforeAll(async () => {
  links = await openDatabase(schema);
  await links.dataSource.query(`
    INSERT INTO links (id, code, owner_id, url, title, tags, hosts, created_at, deleted_at, disabled_at, disabled_reason)
    SELECT ('01980000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'code-' || n,
      ('00000000-0000-4000-8000-' || lpad((n % 100)::text, 12, '0'))::uuid,
      'https://example.org/' || md5(n::text), CASE WHEN n % 5000 = 7 THEN 'Kubernetes' ELSE 'Common ' || n END,
      CASE WHEN n % 5000 = 7 THEN ARRAY['rare', 'common'] ELSE ARRAY['common'] END,
      CASE WHEN n % 5000 = 7 THEN ARRAY['rare.example', 'example'] ELSE ARRAY['example.org', 'org'] END, now(),
      CASE WHEN n % 20 = 0 THEN now() END, CASE WHEN n = 10007 THEN now() END, CASE WHEN n = 10007 THEN 'x' END
    FROM generate_series(1, 20000) AS n;
    INSERT INTO disabled_hosts (host, reason, disabled_by) VALUES ('rare.example', 'x', '${OWNER}');
    ANALYZE`);
}, 60_000);
afterAll(() => links.close());

const owner = { id: OWNER, sessionId: OWNER, roles: [] };
const moderator = { ...owner, roles: ['moderator' as const] };
const planOf = (caller: typeof owner | typeof moderator, query: object, begin?: string) => {
  const { statement, values } = listLinks(caller, ListLinksSchema.parse({ limit: '5', ...query }), begin);
  return links.plan(statement.text, values);
};

describe('each list is read from its index', () => {
  test.each([
    ['one’s own', owner, {}, 'links_owner'],
    ['with a common word', owner, { q: 'common' }, 'links_owner'],
    ['with a rare tag', moderator, { whose: 'all', tag: 'rare' }, 'links_tag'],
    ['with a rare word', moderator, { whose: 'all', q: 'kubernetes' }, 'links_search'],
    ['of a rare host', moderator, { whose: 'all', host: 'rare.example' }, 'links_host'],
    ['all that are disabled', moderator, { whose: 'all', state: 'disabled' }, 'links_'],
    ['everybody’s', moderator, { whose: 'all' }, 'links_pkey'],
  ])('%s', async (_what, caller, query, index) => {
    const plan = await planOf(caller, query, '01980000-0000-7000-8000-000000015000');
    expect(plan).toContain(index);
    expect(plan).not.toContain('Seq Scan on links');
  });

  test('the pages of twenty owners, each from its own place', async () => {
    const ownerIds = Array.from({ length: 20 }, (_, n) => `${OWNER.slice(0, -2)}${String(n).padStart(2, '0')}`);
    const { statement, values } = listLinksOfOwners(
      moderator,
      ownerIds.map((ownerId) => ({ ownerId, limit: 5, cursor: undefined, begin: undefined })),
    );
    const plan = await links.plan(statement.text, values);
    expect(plan).toContain('links_owner');
    expect(plan).not.toContain('Seq Scan on links');
  });
});

test('what is freed and what is enforced is found by an index', async () => {
  expect(await links.plan(`SELECT id FROM links WHERE deleted_at < now() - $1 * interval '1 day' ORDER BY deleted_at LIMIT 500`, [90])).toContain('links_deleted'); // prettier-ignore
  expect(await links.plan(`SELECT id FROM links WHERE code = $1`, ['code-1'])).toContain('links_code');
});
