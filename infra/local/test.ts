import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/*
 * `npm test [-- project …]`: type-check, lint, every test tier, and the check that generated files equal the code.
 * Each check and each test counts once in the last line.
 */
const workspace = path.resolve(import.meta.dirname, '../..');
const bin = (name: string) => path.join(workspace, 'node_modules', name);
const reports = mkdtempSync(path.join(tmpdir(), 'cairn-test-'));
const projects = process.argv.slice(2);
const only = projects.length ? ['-p', ...projects.map((name) => `@cairn/${name}`)] : [];
const nx = (...args: string[]) => [bin('nx/dist/bin/nx.js'), ...args, '--output-style=static', ...only];
const totals = { passed: 0, failed: 0, skipped: 0 };

function run(args: string[]): Promise<{ code: number; log: string }> {
  const env = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', CAIRN_TEST_REPORTS: reports, FORCE_COLOR: '0' };
  const child = spawn(process.execPath, args, { cwd: workspace, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
  return new Promise((resolve) => child.once('exit', (code) => resolve({ code: code ?? 1, log })));
}

async function check(name: string, work: () => Promise<{ code: number; log: string }>) {
  const since = performance.now();
  const { code, log } = await work();
  totals[code === 0 ? 'passed' : 'failed']++;
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'}  ${name} (${((performance.now() - since) / 1000).toFixed(1)} s)`);
  if (code !== 0) console.log(log);
}

const generated = [
  'apps/blog/openapi.json',
  'apps/blog/schema.graphql',
  'apps/identity/openapi.json',
  'docs/errors.md',
];

await check('types', () => run([bin('typescript/bin/tsc'), '-p', 'tsconfig.json']));
await check('lint', () => run(nx('run-many', '-t', 'lint')));
await check('tests', () => run(nx('run-many', '-t', 'test', '--parallel=1')));
await check('generated files equal the code', async () => {
  const read = () => generated.map((file) => readFileSync(path.join(workspace, file), 'utf8'));
  const before = read();
  const { code, log } = await run(nx('run-many', '-t', 'generate'));
  await run(['infra/local/errors.ts']);
  const differing = generated.filter((_, index) => before[index] !== read()[index]);
  return code !== 0 || differing.length === 0
    ? { code, log }
    : { code: 1, log: `These differed and are now up to date, commit them: ${differing.join(', ')}` };
});

for (const file of readdirSync(reports)) {
  const report = JSON.parse(readFileSync(path.join(reports, file), 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    numRuntimeErrorTestSuites: number;
  };
  totals.passed += report.numPassedTests;
  totals.failed += report.numFailedTests + report.numRuntimeErrorTestSuites;
  totals.skipped += report.numPendingTests;
}
rmSync(reports, { recursive: true });
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(totals.failed === 0 ? 0 : 1);
