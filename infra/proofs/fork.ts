import { workspace } from '@cairn/local/workspace';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Proof } from './proof.ts';

const SERVICES = ['apps/blog', 'apps/links'];

/** A service comes away clean: with the libraries that it names and the workspace's configuration, and nothing else, it is a repository. */
export const fork: Proof = {
  name: 'fork',
  withoutSystem: true,
  async prove() {
    const seen: string[] = [];
    for (const service of SERVICES) seen.push(await forked(service));
    return seen.join('; ');
  },
};

async function forked(service: string): Promise<string> {
  const projects = [service, ...librariesOf(service)];
  const repository = mkdtempSync(path.join(tmpdir(), 'cairn-fork-'));
  const node = (file: string, ...args: string[]) =>
    promisify(execFile)(process.execPath, ['--experimental-vm-modules', '--no-warnings', file, ...args], {
      cwd: repository,
      env: { ...process.env, NX_DAEMON: 'false' },
      timeout: 300_000,
      maxBuffer: 64 * 1_048_576,
    }).catch((error: Error & { stdout: string; stderr: string }) => {
      throw new Error(`${file} ${args.join(' ')}\n${`${error.stdout}\n${error.stderr}`.slice(-4_000)}`);
    });
  try {
    await copy(projects, repository);
    await node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.json');
    await node('node_modules/nx/dist/bin/nx.js', 'run-many', '-t', 'build', 'generate', '--skip-nx-cache');
    for (const file of ['openapi.json', 'schema.graphql'])
      assert.equal(read(repository, service, file), read(workspace, service, file), `${file} is the same`);
    const { stderr } = await node(
      'node_modules/jest/bin/jest.js',
      '--testMatch=**/*.spec.ts',
      '--projects',
      ...projects,
    );
    const [, tests] = /^Tests: +(\d+) passed, \1 total$/m.exec(stderr) ?? [];
    assert.ok(tests, stderr.slice(-2_000));
    return `${service} with ${projects.length - 1} libraries alone compiles, builds and describes the same API, ${tests} unit tests pass`;
  } finally {
    rmSync(repository, { recursive: true, force: true });
  }
}

const read = (...parts: string[]) => readFileSync(path.join(...parts), 'utf8');

/** `libs/…`: what a project names, and what those name. */
function librariesOf(project: string, found = new Set<string>()): Set<string> {
  const { dependencies, devDependencies } = JSON.parse(read(workspace, project, 'package.json'));
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    const library = name.replace(/^@cairn\//, 'libs/');
    if (library === name || found.has(library)) continue;
    found.add(library);
    librariesOf(library, found);
  }
  return found;
}

/** Files as git knows them, and the installed packages, of which those of the workspace lead to the copies. */
async function copy(projects: readonly string[], repository: string): Promise<void> {
  const configuration = ['.swcrc', '.prettierrc', '*.json', '*.mjs'].map((file) => `:(glob)${file}`);
  const listed = await promisify(execFile)('git', ['ls-files', '--', ...projects, ...configuration], {
    cwd: workspace,
    maxBuffer: 16 * 1_048_576,
  });
  for (const file of listed.stdout.trim().split('\n')) cpSync(path.join(workspace, file), path.join(repository, file));
  for (const folder of ['.', ...projects].map((project) => path.join(project, 'node_modules')))
    linkPackages(path.join(workspace, folder), path.join(repository, folder));
  mkdirSync(path.join(repository, 'node_modules/@cairn'), { recursive: true });
  for (const project of projects)
    symlinkSync(
      path.join(repository, project),
      path.join(repository, 'node_modules/@cairn', path.basename(project)),
      'junction',
    );
}

function linkPackages(from: string, to: string): void {
  if (!existsSync(from)) return;
  for (const name of readdirSync(from)) {
    if (name === '@cairn' || name.startsWith('.')) continue;
    mkdirSync(to, { recursive: true });
    symlinkSync(path.join(from, name), path.join(to, name), 'junction');
  }
}
