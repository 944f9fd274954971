import {
  createServiceDatabase,
  freePort,
  Guardian,
  hasEnded,
  removePostgresData,
  startKafka,
  startPostgres,
  startRedis,
  stopChild,
  type RunningServer,
} from '@cairn/backing';
import { migrate } from '@cairn/database/migrate';
import { CreateMessaging1764000000000 } from '@cairn/messaging/schema';
import { until } from '@cairn/local/until';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

export type BrokerName = 'redis' | 'kafka';
export type Role = 'write' | 'relay' | 'consume';

const PROGRAM = path.join(path.dirname(fileURLToPath(import.meta.resolve('@cairn/messaging/testing'))), 'killable.js');
const TABLES = `
  CREATE TABLE counters (key text PRIMARY KEY, n integer NOT NULL);
  CREATE TABLE reached (key text PRIMARY KEY, n integer NOT NULL);
  CREATE TABLE effects (position bigint GENERATED ALWAYS AS IDENTITY, event_id text, key text, n integer);
  CREATE TABLE mistakes (key text, n integer, reached integer);`;

/** What the tables say of what has happened so far. */
export interface Tally {
  readonly written: number;
  readonly effects: number;
  readonly outbox: number;
}

/**
 * A service in many processes on a broker of its own, each of which may be killed and started again; the data of both servers stay. What
 * they log is in a file that is told of when something does not hold.
 */
export class KillableSystem {
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'cairn-kills-'));
  private readonly guardian = new Guardian();
  private readonly name: BrokerName;
  private readonly children = new Map<string, ChildProcess>();
  private readonly up = new Set<ChildProcess>();
  private readonly servers = new Map<string, RunningServer>();
  private readonly endedByThemselves: string[] = [];
  private port = 0;
  private databaseUrl = '';
  private client: pg.Client;
  private environment: Record<string, string> = {};

  private constructor(name: BrokerName) {
    this.name = name;
    for (const folder of [path.join(this.folder, 'postgres'), this.folder]) this.guardian.removeAfterwards(folder);
  }

  static async start(name: BrokerName, environment: Record<string, string>): Promise<KillableSystem> {
    const system = new KillableSystem(name);
    system.environment = environment;
    system.port = await freePort();
    const postgres = await startPostgres({ ...system.server('postgres'), port: await freePort(), durable: false });
    system.servers.set('postgres', postgres);
    const { url, ownerUrl } = await createServiceDatabase(postgres.url, 'killable');
    await migrate({ type: 'postgres', url: ownerUrl, migrations: [CreateMessaging1764000000000] }, 'killable');
    const owner = new pg.Client(ownerUrl);
    await owner.connect();
    await owner.query(TABLES);
    await owner.end();
    system.databaseUrl = url;
    system.client = new pg.Client(url);
    await system.client.connect();
    await system.startBroker();
    return system;
  }

  async startBroker(): Promise<void> {
    const start = this.name === 'kafka' ? startKafka : startRedis;
    this.servers.set('broker', await start({ ...this.server(this.name), port: this.port }));
  }

  async killBroker(): Promise<void> {
    const { process: broker } = this.servers.get('broker')!;
    const exited = once(broker, 'exit');
    broker.kill('SIGKILL');
    await exited;
  }

  /** Starts it, or starts it again. */
  run(role: Role, number = 1): ChildProcess {
    const child = spawn(process.execPath, ['--enable-source-maps', PROGRAM, role], {
      env: {
        ...process.env,
        ...this.environment,
        DATABASE_URL: this.databaseUrl,
        BROKER: this.name,
        BROKER_URL: this.servers.get('broker')!.url,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.guardian.watch(child, 'SIGKILL');
    child.stdout!.once('data', () => this.up.add(child));
    const log = (text: Buffer) => appendFileSync(this.log, `${role} ${number}: ${text.toString()}`);
    child.stdout!.on('data', log);
    child.stderr!.on('data', log);
    child.once('exit', (code, signal) => {
      if (signal !== 'SIGKILL' && code !== 0) this.endedByThemselves.push(`${role} ${number} with ${signal ?? code}`);
    });
    this.children.set(`${role} ${number}`, child);
    return child;
  }

  /** Only who has begun to work: on a slow machine nobody ever would. False otherwise. */
  async kill(role: Role, number = 1): Promise<boolean> {
    const child = this.children.get(`${role} ${number}`)!;
    if (!this.up.delete(child) || hasEnded(child)) return false;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    return true;
  }

  /** @throws Error when one has failed that nobody has killed */
  async tally(): Promise<Tally> {
    if (this.endedByThemselves.length) throw new Error(`Ended by themselves: ${this.endedByThemselves.join(', ')}`);
    const [row] = await this.rows(
      `SELECT (SELECT coalesce(sum(n), 0) FROM counters) AS written, (SELECT count(*) FROM effects) AS effects,
         (SELECT count(*) FROM outbox) AS outbox`,
    );
    return { written: Number(row!.written), effects: Number(row!.effects), outbox: Number(row!.outbox) };
  }

  /** Waits until everything has arrived, then says what is wrong with it. @throws Error */
  async verify(milliseconds: number): Promise<Tally> {
    let tally = await this.tally();
    await until('every event has had its effect', milliseconds, async () => {
      tally = await this.tally();
      return tally.effects >= tally.written && tally.outbox === 0;
    }).catch((error: Error) => {
      throw new Error(`${error.message}: ${JSON.stringify(tally)}`);
    });
    const wrong = {
      'out of order': await this.rows('SELECT * FROM mistakes LIMIT 5'),
      'not once': await this.rows('SELECT key, n, count(*) FROM effects GROUP BY key, n HAVING count(*) > 1 LIMIT 5'),
      incomplete: await this
        .rows(`SELECT key, counters.n, reached.n AS reached FROM counters LEFT JOIN reached USING (key)
        WHERE counters.n IS DISTINCT FROM reached.n LIMIT 5`),
      parked: await this.rows('SELECT key, state, reason FROM parked_events LIMIT 5'),
    };
    const found = Object.entries(wrong).filter(([, rows]) => rows.length);
    if (found.length) throw new Error(JSON.stringify(Object.fromEntries(found)));
    return tally;
  }

  get log(): string {
    return path.join(this.folder, 'log');
  }

  async remove(): Promise<void> {
    for (const child of this.children.values()) child.kill('SIGKILL');
    await this.client.end().catch(() => undefined);
    for (const { process: server, stopSignal } of this.servers.values()) await stopChild(server, stopSignal, 5_000);
    this.guardian.dismiss();
    removePostgresData(path.join(this.folder, 'postgres'));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async rows(text: string): Promise<Record<string, unknown>[]> {
    return (await this.client.query(text)).rows as Record<string, unknown>[];
  }

  private server(name: string) {
    return {
      folder: path.join(this.folder, name),
      onSpawn: (child: ChildProcess, signal: NodeJS.Signals) => this.guardian.watch(child, signal),
    };
  }
}
