import { Problem } from '@cairn/backing';
import { copyFileSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { workspace } from './workspace.ts';

/** What every output depends on besides its source. */
const shared = ['.swcrc', 'package-lock.json'];
const isTest = /\.(spec|int-spec|e2e-spec)\.ts$/;

interface Output {
  readonly source: string;
  readonly target: string;
}

/**
 * Compiles what is newer than its output, as the Nx target `build` does, but in this process and file by file: a start on built code
 * and a change under --watch cost milliseconds. Answers the sources that it took, relative to the workspace.
 */
export async function build(apps: readonly string[]): Promise<string[]> {
  const projects = [...builtLibraries(), ...apps.map((name) => `apps/${name}`)];
  const outputs = projects.flatMap(outputsOf);
  for (const project of projects) removeStale(project, outputs);
  const sharedTime = Math.max(...shared.map((file) => modified(path.join(workspace, file))));
  const stale = outputs.filter(
    ({ source, target }) => modified(target) <= Math.max(changed(path.join(workspace, source)), sharedTime),
  );
  if (stale.length) await compile(stale);
  return stale.map(({ source }) => source);
}

const builtLibraries = () =>
  globSync('libs/*/package.json', { cwd: workspace })
    .filter((file) => (JSON.parse(readFileSync(path.join(workspace, file), 'utf8')) as Package).nx?.targets?.build)
    .map((file) => path.dirname(file));

interface Package {
  readonly nx?: { readonly targets?: Record<string, unknown> };
}

const outputsOf = (project: string): Output[] =>
  globSync(`${project}/src/**/*.*`, { cwd: workspace })
    .filter((source) => !isTest.test(source))
    .map((source) => {
      const file = path.relative(path.join(project, 'src'), source).replace(/\.ts$/, '.js');
      return { source, target: path.join(workspace, project, 'dist', file) };
    });

/** An output whose source is gone would still be found, as a migration by a glob or an errors file. */
function removeStale(project: string, outputs: readonly Output[]) {
  const wanted = new Set(outputs.map(({ target }) => target));
  for (const file of globSync(`${project}/dist/**/*.js`, { cwd: workspace })) {
    const target = path.join(workspace, file);
    if (wanted.has(target)) continue;
    rmSync(target);
    rmSync(`${target}.map`, { force: true });
  }
}

/** All or nothing is written: what has been taken in a build that failed elsewhere would not be taken, nor told, by the next one. */
async function compile(outputs: readonly Output[]): Promise<void> {
  const { transformFile } = await import('@swc/core');
  const compileOne = async ({ source, target }: Output) => {
    if (!source.endsWith('.ts')) return () => copyFileSync(path.join(workspace, source), target);
    const { code, map } = await transformFile(path.join(workspace, source), {
      configFile: path.join(workspace, '.swcrc'),
      sourceFileName: path.relative(path.dirname(target), path.join(workspace, source)),
    }).catch((error: Error) => {
      const [reason] = error.message.split('\n\nCaused by:');
      throw new Problem(`The build failed in ${source}:\n${reason!.trim()}`);
    });
    return () => {
      if (map) replace(`${target}.map`, map);
      replace(target, `${code}\n//# sourceMappingURL=${path.basename(target)}.map\n`);
    };
  };
  const writes = await Promise.all(outputs.map(compileOne));
  for (const { target } of outputs) mkdirSync(path.dirname(target), { recursive: true });
  for (const write of writes) write();
}

/** Whole or not at all: half a file would be newer than its source for ever. */
function replace(file: string, text: string) {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

/** Also by a rename, which keeps the mtime of what it puts there. */
function changed(source: string): number {
  const { mtimeMs, ctimeMs } = statSync(source);
  return Math.max(mtimeMs, ctimeMs);
}

const modified = (file: string) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
