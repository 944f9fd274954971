import { globSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/*
 * Writes docs/errors.md from the error classes that the built projects export: an errors file is pure, so that it can just be imported.
 * Build first.
 */
const workspace = path.resolve(import.meta.dirname, '../..');
const rows = new Map<string, string>();
const add = (code: string, what: string, title: string) =>
  rows.set(code, `| <a id="${code}"></a>\`${code}\` | ${what} | ${title} |`);

interface Exported {
  readonly problem?: { code: string; kind: string; title: string };
}
interface Generic {
  readonly genericProblems?: { code: string; status: number; title: string }[];
}

for (const file of globSync('{apps,libs}/*/dist/**/*.errors.js', { cwd: workspace })) {
  const module = (await import(path.join(workspace, file))) as Record<string, Exported> & Generic;
  for (const { code, status, title } of module.genericProblems ?? []) add(code, String(status), title);
  for (const { problem } of Object.values<Exported>(module))
    if (problem) add(problem.code, problem.kind, problem.title);
}
const sorted = [...rows].sort(([a], [b]) => a.localeCompare(b)).map(([, row]) => row);
mkdirSync(path.join(workspace, 'docs'), { recursive: true });
writeFileSync(
  path.join(workspace, 'docs/errors.md'),
  ['# Errors', '', '| Code | Kind or status | Title |', '|---|---|---|', ...sorted, ''].join('\n'),
);
