import { Sql, Transactions } from '@cairn/database';
import type { Hit } from '@cairn/contracts/events';
import type { DataSource } from 'typeorm';
import { hitColumns } from '../src/hits/hit.mapper.ts';
import { STORE_HITS } from '../src/hits/hit.sql.ts';
import { RollUpHitsJob } from '../src/rollups/roll-up-hits/roll-up-hits.job.ts';
import { RollupRepository } from '../src/rollups/rollup.repository.ts';

export async function createSite(
  dataSource: DataSource,
  { id, timeZone }: { id: string; timeZone: string },
): Promise<void> {
  await dataSource.query(
    `INSERT INTO sites (id, kind, owner_id, name, key, time_zone) VALUES ($1::uuid, 'web', $1::uuid, 'Site', $1::uuid::text, $2)`,
    [id, timeZone],
  );
}

/** As the consumer does it: what is known is left out, and the hours are marked. */
export async function store(dataSource: DataSource, hits: readonly Hit[]): Promise<void> {
  for (let first = 0; first < hits.length; first += 500) {
    const some = [...new Map(hits.slice(first, first + 500).map((hit) => [hit.id, hit])).values()];
    await dataSource.transaction(async (tx) => {
      await tx.query('SELECT make_hit_partitions($1::date[])', [[...new Set(some.map(({ at }) => at.slice(0, 10)))]]);
      await tx.query(STORE_HITS, hitColumns(some));
    });
  }
}

export const rollups = new RollupRepository({ rawDays: 3000 });

export const rollUpJob = (dataSource: DataSource, repository = rollups) =>
  new RollUpHitsJob(new Sql(dataSource), new Transactions(dataSource), repository);

/** By two at once, until nothing is left to do. */
export async function rollUpAll(dataSource: DataSource): Promise<void> {
  for (let round = 0; round < 100; round++) {
    await Promise.all([rollUpJob(dataSource).run(), rollUpJob(dataSource).run()]);
    const [{ left }] = await dataSource.query(
      `SELECT (SELECT count(*) FROM changed_hours) + (SELECT count(*) FROM stale_days) AS left`,
    );
    if (Number(left) === 0) return;
  }
  throw new Error('There is something that cannot be rolled up');
}
