import { describe, expect, test } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { workspace } from './workspace.ts';

type Dependencies = Readonly<Record<string, string>>;
interface Package {
  readonly dependencies?: Dependencies;
  readonly devDependencies?: Dependencies;
}

const read = (file: string) => readFileSync(path.join(workspace, file), 'utf8');
const namesIn = (dependencies: Dependencies = {}) => Object.keys(dependencies);
const manifest = (project: string) => JSON.parse(read(path.join(project, 'package.json'))) as Package;

/** What a library brings for the tests of others is for tests, too. */
const isTest = (file: string) => /\.(spec|int-spec|e2e-spec|factory)\.ts$|\/(test|src\/testing)\//.test(file);

/** The packages that these files import, also for their types only. */
function imported(files: readonly string[]): string[] {
  const names = files
    .flatMap((file) => ts.preProcessFile(read(file)).importedFiles.map(({ fileName }) => fileName))
    .filter((name) => !/^(\.|node:)/.test(name))
    .map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)![0]);
  return [...new Set(names)].sort();
}

const projects = globSync('{apps,libs,infra}/*/package.json', { cwd: workspace }).map(path.dirname);
/** What comes with the workspace: Jest, the compilers, the linters. */
const tools = namesIn(manifest('.').devDependencies);

describe.each(projects)('%s', (project) => {
  const files = globSync(`${project}/**/*.ts`, { cwd: workspace, exclude: ['**/dist/**', '**/node_modules/**'] });
  const bySource = imported(files.filter((file) => !isTest(file)));
  const byTests = imported(files.filter(isTest)).filter((name) => !bySource.includes(name));
  const { dependencies, devDependencies } = manifest(project);
  const mayUse = project.startsWith('infra/') ? tools : []; // infra is never taken away from the workspace

  test('names every package that it imports', () => {
    expect(bySource.filter((name) => ![...namesIn(dependencies), ...mayUse].includes(name))).toEqual([]);
  });

  test('names what only its tests import as such', () => {
    expect(byTests.filter((name) => ![...namesIn(devDependencies), ...tools].includes(name))).toEqual([]);
  });
});

test('the check sees imports for types, of subpaths, and when they are loaded late', () => {
  const { importedFiles } = ts.preProcessFile(`import type { A } from '@a/b/c'; export * from 'd'; await import('e');`);
  expect(importedFiles.map(({ fileName }) => fileName)).toEqual(['@a/b/c', 'd', 'e']);
});
