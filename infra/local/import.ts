import path from 'node:path';
import { Api } from './api.ts';
import { IMPORT_HELP, parseImportOptions } from './import-options.ts';
import { importPosts, lineOf, summaryOf } from './import-posts.ts';
import { readMarkdownFolder } from './markdown-folder.ts';
import { Terminal } from './terminal.ts';

/* `npm run import -- blog <folder>`: a line per file, and exit code 1 when any of them failed. */
const terminal = new Terminal();
try {
  const options = parseImportOptions(process.argv.slice(2), process.env);
  if (options) await main(options);
  else terminal.print(IMPORT_HELP);
} catch (error) {
  terminal.fail(error);
  process.exitCode = 1;
}

async function main({ folder, api: origin, login, password }: NonNullable<ReturnType<typeof parseImportOptions>>) {
  // npm runs its scripts in the workspace, wherever it was called.
  const { files, failed } = readMarkdownFolder(path.resolve(process.env.INIT_CWD ?? '.', folder));
  const api = new Api(() => origin);
  const { accessToken } = await api.signIn(login, password);
  const reports = [...failed];
  for (const report of failed) terminal.print(lineOf(report));
  for await (const report of importPosts(api, accessToken, files)) {
    terminal.print(lineOf(report));
    reports.push(report);
  }
  terminal.print(`\n${summaryOf(reports)}`);
  if (reports.some(({ result }) => result === 'failed')) process.exitCode = 1;
}
