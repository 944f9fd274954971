import { asProblem, Problem } from '@cairn/backing';
import { startTestServers } from '@cairn/testing/servers';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { TestRun, type Outcome } from './test-run.ts';
import { workspace } from './workspace.ts';

/*
 * `npm test [-- project …]`: types, format, lint with the boundary rules, every test tier on one PostgreSQL and one Redis, and the checks
 * that generated files equal the code, that API descriptions are sound and that the docs' links lead somewhere. With projects: lint and tests of those.
 * Each check and each test counts once in the last line.
 */
try {
  const projects = process.argv.slice(2).map(projectNamed);
  const servers = await startTestServers();
  const testRun = new TestRun(servers.environment);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => void servers.stop().then(() => process.exit(1)));
  if (!projects.length) await wholeWorkspace(testRun);
  await lintAndTests(testRun, projects);
  if (!projects.length) await generatedAndDocs(testRun);
  await servers.stop();
  process.exitCode = testRun.finish();
} catch (error) {
  const known = asProblem(error);
  console.error(known instanceof Problem ? known.message : known);
  console.log('0 passed, 1 failed, 0 skipped');
  process.exitCode = 1;
}

function projectNamed(name: string): string {
  const known = globSync('{apps,libs,infra}/*/package.json', { cwd: workspace }).map((file) =>
    path.basename(path.dirname(file)),
  );
  if (!known.includes(name))
    throw new Problem(`There is no project "${name}": choose from ${known.sort().join(', ')}.`);
  return `@cairn/${name}`;
}

/** Side by side: each of them keeps one core busy. One ESLint for all projects: to begin takes it longer than most of them. */
async function wholeWorkspace(testRun: TestRun): Promise<void> {
  await Promise.all([
    testRun.check('types', () => testRun.run([bin('typescript/bin/tsc'), '-p', 'tsconfig.json'])),
    testRun.check('lint', () => lintAll(testRun)),
    testRun.check('format', () => testRun.run([bin('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.'])),
  ]);
}

/** The boundary rule reads the project graph that Nx keeps, and without one says so and lets everything pass. */
async function lintAll(testRun: TestRun): Promise<Outcome> {
  const graph = await testRun.run([bin('nx/dist/bin/nx.js'), 'show', 'projects']);
  if (graph.code !== 0) return graph;
  const outcome = await testRun.run([bin('eslint/bin/eslint.js'), '--max-warnings=0', '.']);
  return outcome.log.includes('The rule will be skipped') ? { ...outcome, code: 1 } : outcome;
}

async function lintAndTests(testRun: TestRun, projects: readonly string[]): Promise<void> {
  if (projects.length) await testRun.check('lint', () => testRun.run(nx('lint', projects)));
  await testRun.check('tests', async () => {
    const outcome = await testRun.run([...nx('test', projects), '--parallel=3'], finishedProject);
    const failures = testRun.collectTests();
    if (!failures.length) return outcome;
    // The list too: a project that crashed has left no failure.
    const failedProjects = /Failed tasks:[^]*?(?=\n *Run duration|$)/.exec(outcome.log)?.[0].trim() ?? '';
    return { code: 1, log: [...failures, failedProjects].join('\n') };
  });
}

async function generatedAndDocs(testRun: TestRun): Promise<void> {
  await testRun.check('generated files equal the code', () => generatedFiles(testRun));
  await testRun.check('API descriptions', () => testRun.run(['infra/local/check-openapi.ts']));
  await testRun.check("the docs' links", () => testRun.run(['infra/local/check-docs.ts']));
}

async function generatedFiles(testRun: TestRun): Promise<Outcome> {
  const read = () => {
    const ofApps = 'apps/*/{openapi.json,postman.json,operations.json,events.json,*.graphql,README.md}';
    const others = ['libs/client/src/schema.ts', 'libs/contracts/published/*', 'docs/errors.md', 'docs/events/*'];
    const files = globSync([ofApps, ...others], { cwd: workspace });
    return new Map(files.map((file) => [file, readFileSync(path.join(workspace, file), 'utf8')]));
  };
  const before = read();
  for (const args of [nx('build', []), nx('generate', []), ['infra/local/errors.ts'], ['infra/local/events-docs.ts']]) {
    const outcome = await testRun.run(args);
    if (outcome.code !== 0) return outcome;
  }
  const differing = [...read()].filter(([file, text]) => before.get(file) !== text).map(([file]) => file);
  if (!differing.length) return { code: 0, log: '' };
  return { code: 1, log: `These differed and are now up to date, commit them: ${differing.join(', ')}` };
}

function bin(file: string): string {
  const found = path.join(workspace, 'node_modules', file);
  if (!existsSync(found)) throw new Problem('Something is not installed: type `npm ci`.');
  return found;
}

function nx(target: string, projects: readonly string[]): string[] {
  const only = projects.length ? ['-p', projects.join(',')] : [];
  return [bin('nx/dist/bin/nx.js'), 'run-many', '-t', target, '--output-style=static', ...only];
}

/** Nx's line above what a project that has ended printed, as `> nx run @cairn/blog:test`. */
function finishedProject(line: string): string | undefined {
  const [, failed, project] = /^\s*(✖)?\s*>?\s*nx run @cairn\/([\w-]+):test/u.exec(line) ?? [];
  return project && `        ${project}${failed ? ' FAILED' : ''}`;
}
