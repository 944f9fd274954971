import { globSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/* Writes docs/errors.md from the error classes that the built services export: an errors file is pure, so that it can just be imported. */
const workspace = path.resolve(import.meta.dirname, '../..');
const problems: { code: string; kind: string; title: string }[] = [];
for (const file of globSync('{apps,libs}/*/dist/**/*.errors.js', { cwd: workspace })) {
  for (const exported of Object.values((await import(path.join(workspace, file))) as object))
    if (exported.problem) problems.push(exported.problem);
}
const rows = problems
  .sort((a, b) => a.code.localeCompare(b.code))
  .map(({ code, kind, title }) => `| <a id="${code}"></a>\`${code}\` | ${kind} | ${title} |`);
mkdirSync(path.join(workspace, 'docs'), { recursive: true });
writeFileSync(
  path.join(workspace, 'docs/errors.md'),
  ['# Errors', '', '| Code | Kind | Title |', '|---|---|---|', ...rows, ''].join('\n'),
);
