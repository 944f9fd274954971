import { Transactions } from '@cairn/database';
import { workspace } from '@cairn/local/workspace';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { cpuSeconds } from '../cpu-seconds.ts';

/*
 * Rows as pages send them, on their way into `hits`: by the consumer of analytics, which finds out which are new and notes what has changed,
 * or by a bare COPY into a partition of the same shape and with the same index. Batches of the same size, one transaction each.
 */

const built = (file: string) =>
  import(path.join(workspace, 'apps/analytics/dist', file)) as Promise<Record<string, unknown>>;
const { HIT_COLUMNS } = await built('hits/hit.sql.js');
const { hitColumns } = await built('hits/hit.mapper.js');
const { HitRepository } = await built('hits/hit.repository.js');
const { StoreHitsOnHitsReceived } = await built('hits/on-hits-received/on-hits-received.consumer.js');

const { DATABASE_URL, SECONDS, SITE_ID } = process.env as Record<string, string>;
const EVENTS = 10;
const OF_AN_EVENT = 500;

type Hit = ReturnType<typeof aHit>;
let made = 0;
/** Some of each: a few hundred pages, one visitor in three new, one row in four with properties. */
function aHit() {
  const n = made++;
  const now = new Date().toISOString();
  const utm = { source: n % 5 ? null : 'letter', medium: null, campaign: null, term: null, content: null };
  const audience = { kind: 'person', visitor: randomUUID(), visitorOfYesterday: null, country: 'AT', device: 'desktop', browser: 'Firefox', os: 'Linux' }; // prettier-ignore
  return { id: uuidv7(), siteId: SITE_ID, at: now, receivedAt: now, name: 'pageview', path: `/posts/${n % 300}`, referrer: n % 3 ? 'news.example' : null, utm, props: n % 4 ? {} : { plan: 'team' }, revenue: n % 50 ? null : { amount: 1999, currency: 'EUR' }, isConsented: n % 4 === 0, audience }; // prettier-ignore
}

const dataSource = await new DataSource({ type: 'postgres', url: DATABASE_URL!, extra: { max: 1 } }).initialize();

const works: Record<string, () => Promise<(events: Hit[][]) => Promise<void>>> = {
  async store() {
    const repository = new (HitRepository as new (...given: object[]) => object)({ keepHits: async () => undefined }, { rawDays: 400 }); // prettier-ignore
    const consumer = new (StoreHitsOnHitsReceived as new (repository: object) => { handleBatch(events: object[], tx: object): Promise<void> })(repository); // prettier-ignore
    const transactions = new Transactions(dataSource);
    return (events) => transactions.run((tx) => consumer.handleBatch(events.map((hits) => ({ data: { hits } })), tx)); // prettier-ignore
  },
  async copy() {
    const text = `COPY hits_copied (${Object.keys(HIT_COLUMNS as object).join(', ')}) FROM STDIN`;
    const client = (await dataSource.createQueryRunner().connect()) as pg.Client;
    return async (events) => {
      const columns = (hitColumns as (hits: Hit[]) => unknown[][])(events.flat());
      const lines = columns[0]!.map((_, row) => columns.map((column) => asText(column[row])).join('\t'));
      await client.query('BEGIN');
      await new Promise<void>((resolve, reject) =>
        client.query(new Copy(text, `${lines.join('\n')}\n`, (error) => (error ? reject(error) : resolve())) as never),
      );
      await client.query('COMMIT');
    };
  },
};

const SPECIAL: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const asText = (value: unknown) =>
  value === null ? '\\N' : String(value).replace(/[\\\t\n\r]/g, (each) => SPECIAL[each]!);

/** COPY … FROM STDIN of one buffer (PostgreSQL's protocol, section 54.2.6), which pg leaves to others. */
class Copy {
  readonly #text: string;
  readonly #rows: string;
  readonly #done: (error?: Error) => void;

  constructor(text: string, rows: string, done: (error?: Error) => void) {
    this.#text = text;
    this.#rows = rows;
    this.#done = done;
  }

  submit(connection: { query(text: string): void }) {
    connection.query(this.#text);
  }

  handleCopyInResponse(connection: { sendCopyFromChunk(chunk: Buffer): void; endCopyFrom(): void }) {
    connection.sendCopyFromChunk(Buffer.from(this.#rows));
    connection.endCopyFrom();
  }

  handleError(error: Error) {
    this.#done(error);
  }

  handleReadyForQuery() {
    this.#done();
  }

  handleCommandComplete() {}
}

// Of the one connection that there is, before it is lent.
const [{ pid }] = await dataSource.query('SELECT pg_backend_pid() AS pid');
const work = await works[process.argv[2]!]!();
const cpu = () => cpuSeconds(process.pid) + cpuSeconds(pid);
const batch = () => Array.from({ length: EVENTS }, () => Array.from({ length: OF_AN_EVENT }, aHit));
await work(batch());
let [rows, seconds, processors] = [0, 0, 0];
while (seconds < Number(SECONDS)) {
  const events = batch();
  const [began, taken] = [performance.now(), cpu()];
  await work(events);
  seconds += (performance.now() - began) / 1_000;
  processors += cpu() - taken;
  rows += EVENTS * OF_AN_EVENT;
}
await dataSource.destroy();
console.log(JSON.stringify({ 'rows/s': rows / seconds, 'rows/core s': rows / processors }));
