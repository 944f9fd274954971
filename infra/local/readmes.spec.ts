import { describe, expect, test } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { workspace } from './workspace.ts';

const read = (file: string) => readFileSync(path.join(workspace, file), 'utf8');
const apps = globSync('apps/*/README.md', { cwd: workspace }).map(path.dirname).sort();

/** Every folder is a room, named by its path as `src/posts`, but the one that the README speaks of by its tables. */
const roomsOf = (app: string) =>
  globSync(`${app}/src/*/`, { cwd: workspace })
    .map((folder) => path.basename(folder))
    .filter((name) => name !== 'migrations');

/** What is made by name; what is made in a function is part of another. */
const tablesOf = (app: string) =>
  globSync(`${app}/src/migrations/*.ts`, { cwd: workspace }).flatMap((file) =>
    [...read(file).matchAll(/CREATE (?:UNLOGGED )?TABLE (?:IF NOT EXISTS )?([a-z_]+)\b(?!\.)/g)].map(
      ([, name]) => name!,
    ),
  );

describe.each(apps)('the README of %s', (app) => {
  const readme = read(`${app}/README.md`);

  test('names every room', () => {
    expect(roomsOf(app)).not.toEqual([]);
    expect(roomsOf(app).filter((name) => !new RegExp(`\\bsrc/${name}[)\`]`).test(readme))).toEqual([]);
  });

  test('names every table', () => {
    expect(tablesOf(app).filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });
});

test('the check sees the tables', () => {
  expect(apps).toEqual(expect.arrayContaining(['apps/analytics', 'apps/links']));
  expect(tablesOf('apps/analytics')).toEqual(expect.arrayContaining(['sites', 'hits', 'hour_rollups', 'day_rollups']));
  expect(tablesOf('apps/links')).toContain('limit_counts');
});
