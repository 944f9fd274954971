import { Problem } from '@cairn/backing';
import pg from 'pg';
import { runningDatabases } from './instances.ts';
import { sqlTable, type Answer } from './sql-table.ts';
import { Terminal } from './terminal.ts';
import { dataFolder } from './workspace.ts';

const HELP = `npm run sql -- <service> '<statement>' ['<statement>' …]

  asks the database of a service of the running system, as the role by which the service itself reads and writes:
  rows can be changed, tables cannot. A statement after the other, over one connection.

  npm run sql -- analytics 'SELECT count(*) FROM hits'
`;

/** Values as PostgreSQL writes them. */
const asText = { getTypeParser: () => (value: string) => value };

/* A table per answer. Exit code 1 when a statement is refused: those after it are not run. */
const terminal = new Terminal();
try {
  const [service, ...statements] = process.argv.slice(2);
  if (service === '--help') terminal.print(HELP);
  else await ask(service, statements);
} catch (error) {
  terminal.fail(error);
  process.exitCode = 1;
}

async function ask(service: string | undefined, statements: readonly string[]): Promise<void> {
  const databases = runningDatabases(dataFolder);
  if (!databases) throw new Problem('Nothing runs here: `npm start` first.');
  const url = databases[service ?? ''];
  if (!url) throw new Problem(`Say whose database: ${Object.keys(databases).join(', ')}${service === undefined ? '' : `, not "${service}"`}.`); // prettier-ignore
  if (!statements.length) throw new Problem(`Say what to ask: npm run sql -- ${service} 'SELECT …'.`);
  const client = new pg.Client({ connectionString: url, application_name: 'sql' });
  client.on('error', () => {}); // the statement that is under way says it
  try {
    await client.connect();
    for (const text of statements) await answer(client, text);
  } catch (error) {
    throw new Problem(`${service}: ${(error as Error).message}.`);
  } finally {
    await client.end();
  }
}

/** What a text of several statements answers are several results. */
async function answer(client: pg.Client, text: string): Promise<void> {
  const results = await client.query({ text, rowMode: 'array', types: asText as unknown as pg.CustomTypesConfig });
  for (const result of [results].flat() as (Answer & { command: string; rowCount: number | null })[])
    terminal.print(result.fields.length ? sqlTable(result) : `${result.command} ${result.rowCount ?? ''}`.trimEnd());
}
