import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { expectAnswer } from './client.ts';
import type { Proof } from './proof.ts';
import type { StartedSystem } from '@cairn/local/started-system';
import { until } from '@cairn/local/until';

const LIST = `query List($first: Int!) {
  posts(first: $first) { edges { node { title commentCount author { displayName } } } }
}`;
const SMALL = 2;
const LARGE = 20;
/** Long enough for every job to have run. */
const IDLE_MS = 3_000;

interface List {
  readonly data: { readonly posts: { readonly edges: { readonly node: { author: { displayName: string } } }[] } };
  readonly errors?: unknown;
}

/** A list in the graph takes as many requests and statements for 20 posts, with their authors and comment counts, as for two. */
export const graph: Proof = {
  name: 'graph',
  async prove(system) {
    const log = await StatementLog.open(system);
    try {
      await list(system, LARGE, 'warm'); // names and keys are cached from here on
      const background = new Set(await log.during(() => delay(IDLE_MS)));
      const ofRequest = async (first: number) => {
        const requestId = `proof-graph-${first}-${randomBytes(4).toString('hex')}`;
        const statements = await log.during(() => list(system, first, requestId));
        return {
          statements: statements.filter((statement) => !background.has(statement)),
          requests: await requestsWith(system, requestId),
        };
      };
      const [small, large] = [await ofRequest(SMALL), await ofRequest(LARGE)];
      assert.deepEqual(large.requests, { blog: 1, identity: 1 }, 'one request to each service');
      assert.deepEqual(small.requests, large.requests);
      assert.equal(large.statements.length, small.statements.length, large.statements.join('\n'));
      assert.ok(large.statements.length > 0 && large.statements.length <= 4, large.statements.join('\n'));
      return `${LARGE} posts with authors and comment counts: ${large.statements.length} statements, one request to blog and one to identity, as for ${SMALL}`;
    } finally {
      await log.close();
    }
  },
};

async function list(system: StartedSystem, first: number, requestId: string): Promise<void> {
  const answer = (await expectAnswer(200, `${system.gateway}/graphql`, {
    method: 'POST',
    body: { query: LIST, variables: { first } },
    headers: { 'x-request-id': requestId },
  })) as unknown as List;
  assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
  const { edges } = answer.data.posts;
  assert.equal(edges.length, first, `the demo world has at least ${first} posts`);
  for (const { node } of edges) assert.ok(node.author.displayName, 'each author has a name');
}

/** How many requests to its GraphQL door each service has logged. */
async function requestsWith(system: StartedSystem, requestId: string): Promise<Record<string, number>> {
  const count = () =>
    Object.fromEntries(
      ['blog', 'identity'].map((name) => [
        name,
        globSync(path.join(system.data, `logs/${name}*.log`))
          .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
          .filter((line) => line.includes(requestId) && line.includes('"path":"/graphql"')).length,
      ]),
    );
  await until('both services have logged the request', 5_000, () => Object.values(count()).every((each) => each > 0));
  return count();
}

/** PostgreSQL writes down each statement that it is asked for, with the database, while this is open. */
class StatementLog {
  private readonly file: string;
  private readonly client: pg.Client;

  private constructor(file: string, client: pg.Client) {
    this.file = file;
    this.client = client;
  }

  static async open({ data, portBase }: StartedSystem): Promise<StatementLog> {
    const { postgres: password } = JSON.parse(readFileSync(path.join(data, 'secrets.json'), 'utf8')) as {
      postgres: string;
    };
    const client = new pg.Client({ host: '127.0.0.1', port: portBase + 32, user: 'postgres', database: 'postgres', password }); // prettier-ignore
    await client.connect();
    const log = new StatementLog(path.join(data, 'logs/postgres.log'), client);
    await log.configure("SET log_line_prefix = '[%d] '", "SET log_statement = 'all'");
    await delay(500); // until each process has read it
    return log;
  }

  /** What `work` and whatever else runs have asked for, without the transaction's brackets. */
  async during(work: () => Promise<unknown>): Promise<string[]> {
    const since = readFileSync(this.file, 'utf8').length;
    await work();
    const mark = `mark ${randomBytes(8).toString('hex')}`;
    await this.client.query(`SELECT '${mark}'`);
    const text = () => readFileSync(this.file, 'utf8').slice(since);
    await until('the statements are written down', 5_000, () => text().includes(mark));
    return [...text().matchAll(/^\[(?:blog|identity)\] LOG: {2}(?:execute [^:]*|statement): (.*)$/gm)]
      .map(([, statement]) => statement!.trim())
      .filter((statement) => !/^(BEGIN|START TRANSACTION|COMMIT|ROLLBACK|SELECT 1\b)/.test(statement));
  }

  async close(): Promise<void> {
    await this.configure('RESET log_line_prefix', 'RESET log_statement');
    await this.client.end();
  }

  private async configure(...settings: string[]): Promise<void> {
    for (const setting of settings) await this.client.query(`ALTER SYSTEM ${setting}`);
    await this.client.query('SELECT pg_reload_conf()');
  }
}
