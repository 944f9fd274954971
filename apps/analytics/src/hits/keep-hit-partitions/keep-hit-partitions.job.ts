import { Sql } from '@cairn/database';
import { Job, type JobProvider } from '@cairn/service/job';
import { Inject, Injectable } from '@nestjs/common';
import { HITS_OPTIONS, type HitsOptions } from '../hits.options.ts';

/** Days for which there are partitions before anything happens on them: a service that is away that long is not missed at midnight. */
const AHEAD_DAYS = 7;

/**
 * Makes the partitions of the days to come and drops those that are kept no longer. Several instances may do it at once, at midnight too. A
 * hit whose partition is missing all the same has it made when it is stored.
 */
@Job({ name: 'keep-hit-partitions', everyMs: 600_000 })
@Injectable()
export class KeepHitPartitionsJob implements JobProvider {
  constructor(
    private readonly sql: Sql,
    @Inject(HITS_OPTIONS) private readonly options: HitsOptions,
  ) {}

  async run(stopping?: AbortSignal): Promise<void> {
    await this.sql.rows({ text: MAKE }, [AHEAD_DAYS]);
    while (!stopping?.aborted && (await this.dropOne()));
  }

  private async dropOne(): Promise<boolean> {
    const [row] = await this.sql.rows<{ dropped: string | null }>(DROP, [this.options.rawDays]);
    return row!.dropped !== null;
  }
}

const MAKE = `SELECT make_hit_partitions(ARRAY(
  SELECT (now() AT TIME ZONE 'UTC')::date + day FROM generate_series(0, $1::integer) AS day))`;
const DROP = { text: 'SELECT drop_hit_partition($1) AS dropped' };
