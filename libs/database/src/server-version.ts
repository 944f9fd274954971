import type { DataSource } from 'typeorm';

/** As PostgreSQL counts: 18.0. */
const OLDEST = 180_000;

/** Before a statement does: `RETURNING old.…` is a syntax error to an older server. @throws Error in one sentence */
export async function assertServerIsNewEnough(dataSource: Pick<DataSource, 'query'>): Promise<void> {
  const [{ server_version_num: version }] = await dataSource.query('SHOW server_version_num');
  assertNewEnough(Number(version));
}

/** @param version as in `server_version_num`: 170006 is 17.6 @throws Error in one sentence */
export function assertNewEnough(version: number): void {
  if (version >= OLDEST) return;
  const [major, minor] = [Math.floor(version / 10_000), version % 10_000];
  throw new Error(`The database is PostgreSQL ${major}.${minor}, and this code needs ${OLDEST / 10_000} or newer`);
}
