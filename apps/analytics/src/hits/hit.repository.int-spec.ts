import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Hit } from '@cairn/contracts/events';
import { Sql, Transactions } from '@cairn/database';
import { createTestDatabase, type TestDatabase } from '@cairn/testing';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { migrate } from '../database.ts';
import type { DeletedUserRepository } from '../sites/deleted-user.repository.ts';
import { EraseSitesJob } from '../sites/erase-sites/erase-sites.job.ts';
import { OwnSites } from '../sites/own-sites.repository.ts';
import { SiteErasureRepository } from '../sites/site-erasure.repository.ts';
import { ForgetKnownHitsJob } from './forget-known-hits/forget-known-hits.job.ts';
import { aHit } from './hit.factory.ts';
import { HitRepository } from './hit.repository.ts';
import { KeepHitPartitionsJob } from './keep-hit-partitions/keep-hit-partitions.job.ts';
import { RejectedRowRepository } from './rejected-row.repository.ts';

const OPTIONS = { rawDays: 30 };
const DAY_MS = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();
const dayOf = (time: string) => time.slice(0, 10).replaceAll('-', '');

/** Several instances of analytics, each with its own pool and as the role that runs them: without DDL. */
let database: TestDatabase;
let instances: Instance[];
beforeAll(async () => {
  database = await createTestDatabase();
  await migrate({ DATABASE_URL: database.url, DATABASE_OWNER_URL: database.ownerUrl });
  instances = await Promise.all([1, 2, 3].map(instance));
}, 120_000);
afterAll(async () => {
  await Promise.all(instances.map(({ dataSource }) => dataSource.destroy()));
  await database.drop();
});

async function instance() {
  const dataSource = await new DataSource({ type: 'postgres', url: database.url, extra: { max: 8 } }).initialize();
  const [transactions, sql] = [new Transactions(dataSource), new Sql(dataSource)];
  const hits = new HitRepository(new RejectedRowRepository(sql), OPTIONS);
  const noUsers = { deleteWhatIsTheirs: () => Promise.resolve() } as unknown as DeletedUserRepository;
  return {
    dataSource,
    store: (some: readonly Hit[]) => transactions.run((tx) => hits.store(tx, some)),
    ownSites: (owners: (string | null)[]) => transactions.run((tx) => new OwnSites().ofLinks(tx, owners)),
    keepPartitions: new KeepHitPartitionsJob(sql, OPTIONS),
    eraseSites: new EraseSitesJob(transactions, noUsers, new SiteErasureRepository(sql)),
    forget: new ForgetKnownHitsJob(transactions),
  };
}
type Instance = Awaited<ReturnType<typeof instance>>;

const rows = <Row = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<Row[]> =>
  instances[0]!.dataSource.query(text, values);
const count = async (table: string, siteId: string) =>
  (await rows<{ n: number }>(`SELECT count(*)::integer AS n FROM ${table} WHERE site_id = $1`, [siteId]))[0]!.n;
async function aSite(): Promise<string> {
  const id = randomUUID();
  await rows(`INSERT INTO sites (id, kind, name, key) VALUES ($1::uuid, 'web', 'Site', $1::text)`, [id]);
  return id;
}
const partitions = async () =>
  (await rows<{ name: string }>(`SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'hits'::regclass`)).map(({ name }) => name); // prettier-ignore
const shuffled = <T>(list: readonly T[]) => list.map((each) => ({ each, by: Math.random() })).sort((a, b) => a.by - b.by).map(({ each }) => each); // prettier-ignore

test('many store overlapping hits at once, in any order and with any time: each is there once', async () => {
  const siteId = await aSite();
  const hits = Array.from({ length: 600 }, (_, n) => aHit({ siteId, at: ago(n % 7), receivedAt: ago(0) }));
  const someOf = (n: number) =>
    shuffled(hits.slice((n * 97) % 300, 300 + ((n * 97) % 300))).map((hit) => ({ ...hit, at: ago(n % 5) }));
  const counts = await Promise.all(
    Array.from({ length: 24 }, (_, n) => instances[n % 3]!.store(n % 4 ? someOf(n) : shuffled([...hits, ...hits]))),
  );
  expect(counts.reduce((sum, each) => sum + each, 0)).toBe(600);
  expect(await rows('SELECT count(*)::integer AS n, count(DISTINCT id)::integer AS ids FROM hits WHERE site_id = $1', [siteId])).toEqual([{ n: 600, ids: 600 }]); // prettier-ignore
  const missed = await rows(
    `SELECT FROM hits WHERE site_id = $1 AND NOT EXISTS (
       SELECT FROM changed_hours c WHERE c.site_id = hits.site_id AND c.hour = date_trunc('hour', at, 'UTC'))`,
    [siteId],
  );
  expect(missed).toEqual([]);
});

test('every column is what the hit says', async () => {
  const siteId = await aSite();
  const utm = { source: 'a', medium: 'b', campaign: 'c{"x"}', term: 'd,e', content: "f'\\g" };
  const audience = { kind: 'preview', visitor: randomUUID(), visitorOfYesterday: randomUUID(), country: 'AT', device: 'tablet', browser: 'NULL', os: '' } as const; // prettier-ignore
  const hit = aHit({ siteId, name: '{}', path: '/"a"', referrer: 'news.example', utm, props: { a: 'b"c', n: 1.5, yes: true }, revenue: { amount: -Number.MAX_SAFE_INTEGER, currency: 'EUR' }, isConsented: true, audience }); // prettier-ignore
  await instances[0]!.store([hit]);
  expect(await rows('SELECT * FROM hits WHERE site_id = $1', [siteId])).toEqual([
    {
      ...{ site_id: siteId, id: hit.id, at: new Date(hit.at), received_at: new Date(hit.receivedAt), name: '{}' },
      ...{ visitor: audience.visitor, visitor_of_yesterday: audience.visitorOfYesterday, is_consented: true },
      ...{ kind: 'preview', path: '/"a"', referrer: 'news.example', country: 'AT', device: 'tablet', browser: 'NULL', os: '' }, // prettier-ignore
      ...{ utm_source: 'a', utm_medium: 'b', utm_campaign: 'c{"x"}', utm_term: 'd,e', utm_content: "f'\\g" },
      ...{ props: { a: 'b"c', n: 1.5, yes: true }, amount: '-9007199254740991', currency: 'EUR' },
    },
  ]);
});

test('partitions are made by several at once, for whoever needs one', async () => {
  const siteId = await aSite();
  const late = aHit({ siteId, at: ago(20), receivedAt: ago(0) });
  expect(await partitions()).not.toContain(`hits_${dayOf(late.at)}`);
  await Promise.all([
    ...instances.flatMap(({ keepPartitions }) => [keepPartitions.run(), keepPartitions.run()]),
    ...instances.map(({ store }) => store([late, aHit({ siteId, at: ago(21), receivedAt: ago(0) })])),
  ]);
  const made = await partitions();
  expect(made).toEqual(expect.arrayContaining([ago(20), ago(0), ago(-1), ago(-7)].map((at) => `hits_${dayOf(at)}`)));
  expect(await rows(`SELECT DISTINCT tableoid::regclass::text AS name FROM hits WHERE id = $1`, [late.id])).toEqual([{ name: `hits_${dayOf(late.at)}` }]); // prettier-ignore
  const indexes = await rows(`SELECT 1 FROM pg_indexes WHERE tablename = $1`, [`hits_${dayOf(late.at)}`]);
  expect(indexes).toHaveLength(1);
});

test('what is kept no longer is dropped, but not before it is rolled up; nothing else can be made or dropped by who runs', async () => {
  const siteId = await aSite();
  const old = `hits_${dayOf(ago(40))}`;
  await rows('SELECT make_hit_partitions(ARRAY[$1::date])', [ago(40)]);
  await rows('INSERT INTO changed_hours (site_id, hour) VALUES ($1, $2)', [
    siteId,
    `${ago(40).slice(0, 10)}T05:00:00Z`,
  ]);
  await instances[0]!.keepPartitions.run();
  expect(await partitions()).toContain(old);
  await rows('DELETE FROM changed_hours WHERE site_id = $1', [siteId]);
  // A day west of here, or the hour after, has a part in it as well.
  const marks = [
    ['changed_hours (site_id, hour)', `${ago(39).slice(0, 10)}T00:00:00Z`],
    ['stale_days (site_id, day)', ago(39).slice(0, 10)],
    ['stale_days (site_id, day)', ago(41).slice(0, 10)],
  ];
  for (const [table, when] of marks) {
    await rows(`INSERT INTO ${table} VALUES ($1, $2)`, [siteId, when]);
    await instances[0]!.keepPartitions.run();
    expect(await partitions()).toContain(old);
    await rows(`DELETE FROM ${table!.split(' ')[0]} WHERE site_id = $1`, [siteId]);
  }
  await Promise.allSettled(instances.map(({ keepPartitions }) => keepPartitions.run())); // one may meet another's lock
  await instances[0]!.keepPartitions.run();
  expect(await partitions()).not.toContain(old);
  expect(await partitions()).toContain(`hits_${dayOf(ago(0))}`);
  await expect(rows('SELECT drop_hit_partition(0)')).rejects.toThrow('7 days late');
  await expect(rows(`SELECT make_hit_partitions(ARRAY[date '1066-10-14'])`)).rejects.toThrow('no hit is of');
  await expect(rows('CREATE TABLE mine ()')).rejects.toThrow('permission denied');
  await expect(rows(`DROP TABLE hits_${dayOf(ago(0))}`)).rejects.toThrow('must be owner');
});

test('what cannot be stored holds up nothing: rejected, or left out where the site is gone', async () => {
  const siteId = await aSite();
  const rejected = [{ at: ago(31) }, { receivedAt: ago(14.5), at: ago(15) }, { at: ago(-3) }].map((more) => aHit({ siteId, receivedAt: ago(0), ...more })); // prettier-ignore
  const hits = [...rejected, aHit(), aHit({ siteId })];
  expect(await instances[0]!.store(hits)).toBe(1);
  const kept = await rows<{ reason: string; row: { hit: Hit } }>('SELECT reason, row FROM rejected_rows WHERE site_id = $1 ORDER BY reason', [siteId]); // prettier-ignore
  expect(kept.map(({ reason }) => reason)).toEqual(['in-the-future', 'too-late', 'too-old']);
  expect(kept.map(({ row }) => row.hit.id).sort()).toEqual(rejected.map(({ id }) => id).sort());
});

test('of what is rejected a thousand are kept for each site, the first ones, whoever else is in the batch', async () => {
  const sites = await Promise.all([1, 2, 3].map(aSite));
  const tooLate = (siteId: string, hits: number) =>
    Array.from({ length: hits }, () => aHit({ siteId, receivedAt: ago(15), at: ago(16) }));
  await instances[0]!.store(tooLate(sites[2]!, 800));
  const batch = sites.map((siteId) => tooLate(siteId, 450));
  await instances[0]!.store(batch[0]!.flatMap((_, n) => batch.map((hits) => hits[n]!)));
  expect(await Promise.all(sites.map((siteId) => count('rejected_rows', siteId)))).toEqual([450, 450, 1_000]);
  const kept = await rows<{ id: string }>(`SELECT row -> 'hit' ->> 'id' AS id FROM rejected_rows WHERE site_id = $1`, [sites[2]]); // prettier-ignore
  expect(kept.map(({ id }) => id)).toEqual(expect.arrayContaining(batch[2]!.slice(0, 200).map(({ id }) => id)));
});

test('the first visits of an owner, seen by several at once, make one site', async () => {
  const owners = [...Array.from({ length: 5 }, () => randomUUID() as string), null];
  const found = await Promise.all(Array.from({ length: 12 }, (_, n) => instances[n % 3]!.ownSites(shuffled(owners))));
  const sites = owners.map((owner) => new Set(found.map((each) => each.get(owner))));
  expect(sites.every((ids) => ids.size === 1 && !ids.has(undefined))).toBe(true);
});

test('a deleted site is erased by several at once, table by table, and what comes late too', async () => {
  const [siteId, other] = [await aSite(), await aSite()];
  const hits = Array.from({ length: 12_000 }, (_, n) => aHit({ siteId, at: ago((n % 70) / 10), receivedAt: ago(0) }));
  await instances[0]!.store([...hits, aHit({ siteId: other }), aHit({ siteId, at: ago(40) })]);
  await rows('DELETE FROM sites WHERE id = $1', [siteId]);
  await rows('INSERT INTO site_erasures (site_id) VALUES ($1)', [siteId]);
  await Promise.all(instances.map(({ eraseSites }) => eraseSites.run()));
  await instances[0]!.eraseSites.run();
  const tables = ['hits', 'known_hits', 'changed_hours', 'rejected_rows'];
  const left = () => Promise.all(tables.map((table) => count(table, siteId)));
  expect(await left()).toEqual([0, 0, 0, 0]);
  expect(await count('hits', other)).toBe(1);

  // Of a transaction that was open when the site was deleted.
  await rows('INSERT INTO known_hits (site_id, id) VALUES ($1, $2)', [siteId, randomUUID()]);
  await rows('UPDATE site_erasures SET due_at = now() WHERE site_id = $1', [siteId]);
  await instances[1]!.eraseSites.run();
  expect(await left()).toEqual([0, 0, 0, 0]);
  expect(await count('site_erasures', siteId)).toBe(0);
});

test('what was stored long ago is forgotten', async () => {
  const siteId = await aSite();
  for (const days of [0, 14, 15, 16])
    await rows('INSERT INTO known_hits (site_id, id, day) VALUES ($1, $2, current_date - $3::integer)', [siteId, randomUUID(), days]); // prettier-ignore
  await Promise.all(instances.map(({ forget }) => forget.run()));
  expect(await count('known_hits', siteId)).toBe(3);
});
