import { Problem } from '@cairn/backing';
import { Api } from './api.ts';
import { detailsOf, summaryOf, type DeadLetter, type DeadLetterDetails } from './dead-letter-lines.ts';
import { DEAD_LETTERS_HELP, parseDeadLettersOptions, type DeadLettersOptions } from './dead-letters-options.ts';
import { DEMO_PASSWORD, FIRST_ADMIN } from './environment.ts';
import { runningInstances } from './instances.ts';
import { Terminal } from './terminal.ts';
import { topology } from './topology.ts';
import { dataFolder } from './workspace.ts';

/* `npm run dead-letters -- list`: exit code 1 when something could not be done. */
const terminal = new Terminal();
try {
  const options = parseDeadLettersOptions(process.argv.slice(2), process.env);
  if (options) await main(options);
  else terminal.print(DEAD_LETTERS_HELP);
} catch (error) {
  terminal.fail(error);
  process.exitCode = 1;
}

async function main(options: DeadLettersOptions): Promise<void> {
  const origin = options.api ?? runningInstances(dataFolder)?.find(({ service }) => service === 'gateway')?.origin;
  if (origin === undefined) throw new Problem('No gateway runs here: `npm start` first, or say --api.');
  const names = Object.entries(topology).filter(([, { database }]) => database).map(([name]) => name); // prettier-ignore
  if (options.api === undefined && options.service !== undefined && !names.includes(options.service))
    throw new Problem(`There is no "${options.service}" with dead letters: choose from ${names.join(', ')}.`);
  const api = new Api(() => origin);
  const { FIRST_ADMIN_USERNAME = FIRST_ADMIN.username, FIRST_ADMIN_PASSWORD = DEMO_PASSWORD } = process.env;
  const token = process.env.CAIRN_TOKEN ?? (await api.signIn(FIRST_ADMIN_USERNAME, FIRST_ADMIN_PASSWORD)).accessToken;
  const ask = <T>(method: string, service: string, path = '', body?: object) =>
    api.ask<T>(method, `/api/v1/operations/${service}/dead-letters${path}`, { token, ...(body && { body }) });

  if (options.action === 'list') {
    for (const service of options.service === undefined ? names : [options.service]) {
      const letters = await listed(options, (query) => ask('GET', service, query));
      terminal.print(`${service}: ${letters.length ? `${letters.length} dead` : 'none'}`);
      for (const letter of letters) terminal.print(summaryOf(letter));
    }
    return;
  }
  const service = options.service!;
  if (options.action === 'show')
    return terminal.print(detailsOf(await ask<DeadLetterDetails>('GET', service, `/${options.ids[0]}`)));
  await choose(options, (body) => ask('POST', service, `/${options.action}`, body));
}

async function listed(
  { filter }: DeadLettersOptions,
  page: (query: string) => Promise<{ items: DeadLetter[]; nextCursor: string | null }>,
): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const query = new URLSearchParams({ ...filter, limit: '100', ...(cursor && { cursor }) });
    const { items, nextCursor } = await page(`?${query}`);
    letters.push(...items);
    cursor = nextCursor;
  }
  return letters;
}

interface Chosen {
  readonly done: number;
  readonly skipped: readonly string[];
  readonly remaining: number;
}

/** A service discards so many at a time: asked again as long as it gets on. */
async function choose(
  { action, ids, filter }: DeadLettersOptions,
  ask: (body: object) => Promise<Chosen>,
): Promise<void> {
  const body = ids.length ? { ids } : Object.keys(filter).length ? filter : { all: true };
  let done = 0;
  for (;;) {
    const answer = await ask(body);
    done += answer.done;
    for (const id of answer.skipped) terminal.print(`${id}: no dead letter (any more)`);
    if (answer.skipped.length) process.exitCode = 1;
    if (ids.length || !answer.remaining || !answer.done) break;
  }
  terminal.print(`${done} ${action === 'replay' ? 'replayed: they are tried again now' : 'discarded'}`);
}
