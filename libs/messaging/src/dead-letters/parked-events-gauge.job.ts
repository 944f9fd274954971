import { Sql } from '@cairn/database';
import { gauge } from '@cairn/observability';
import { Job } from '@cairn/service/job';
import { Injectable } from '@nestjs/common';

interface Count {
  readonly group: string;
  readonly dead: number;
  readonly parked: number;
}

/** Every group that has ever had one keeps its line, so that an alert sees it fall to 0. */
@Job({ name: 'count-parked-events', everyMs: 5_000 })
@Injectable()
export class ParkedEventsGaugeJob {
  dead: Record<string, number> = {};
  parked: Record<string, number> = {};

  constructor(private readonly sql: Sql) {
    gauge('dead_letters', {
      help: 'Events that an operator has to replay or discard',
      label: 'group',
      read: () => this.dead,
    });
    gauge('parked_events', {
      help: 'Events that failed, and those that wait behind them',
      label: 'group',
      read: () => this.parked,
    });
  }

  async run(): Promise<void> {
    const counts = await this.sql.rows<Count>(
      {
        name: 'count-parked-events',
        text: `SELECT consumer_group AS "group", count(*)::integer AS parked, count(*) FILTER (WHERE state = 'dead')::integer AS dead
          FROM parked_events GROUP BY 1`,
      },
      [],
    );
    const of = (known: Record<string, number>, figure: (count: Count) => number) => ({
      ...Object.fromEntries(Object.keys(known).map((group) => [group, 0])),
      ...Object.fromEntries(counts.map((count) => [count.group, figure(count)])),
    });
    this.dead = of(this.dead, ({ dead }) => dead);
    this.parked = of(this.parked, ({ parked }) => parked);
  }
}
