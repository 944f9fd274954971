import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { until } from '@cairn/local/until';
import { workspace } from '@cairn/local/workspace';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { failureOf } from './run-script.ts';

/* The command itself, with a shell script in the place of k6 and a stand-in for the gateway. */
const folder = mkdtempSync(path.join(tmpdir(), 'cairn-load-'));
const k6 = path.join(folder, 'k6');
const asked = path.join(folder, 'asked');
let gateway: Server;
let url: string;

beforeAll(async () => {
  gateway = createServer((_request, response) => response.end('{"dependencies":{"identity":{"status":"ok"}}}'));
  await once(gateway.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
});
afterEach(() => rmSync(asked, { force: true }));
afterAll(() => {
  gateway.closeAllConnections();
  gateway.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What the stand-in for k6 does when it is asked to run a script. */
function k6Does(script: string): void {
  const note = `echo "$PROFILE $BASE_URL $KEEP $*" >> ${asked}`;
  writeFileSync(k6, `#!/bin/sh\n[ "$1" = version ] && echo "k6 v1.8.1 (x)" && exit\n${note}\n${script}\n`);
  chmodSync(k6, 0o755);
}

function load(...args: string[]) {
  const env = { ...process.env, K6: k6, npm_lifecycle_event: undefined, NODE_OPTIONS: undefined };
  const child = spawn(process.execPath, ['infra/load/load.ts', ...args], { cwd: workspace, env });
  const run = { child, output: '', ended: once(child, 'close').then(([code]) => code as number) };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (run.output += text));
  return run;
}

test('each script is run against the system that is running, and exit code 0 says that all held', async () => {
  k6Does('exit 0');
  const run = load('blog', 'identity', '--url', url, '--profile', 'load', '--keep');
  expect(await run.ended).toBe(0);
  expect(readFileSync(asked, 'utf8')).toBe(
    ['blog', 'identity']
      .map((name) => `load ${url} yes run --no-usage-report --address= --quiet load-tests/${name}/main.ts\n`)
      .join(''),
  );
  expect(run.output).toMatch(/blog: everything held; graphs: reports\/load\/blog-load-[\dT-]+\.html/);
});

test('a threshold that fails is exit code 1, and the other scripts are run all the same', async () => {
  k6Does('case "$*" in *blog*) exit 99;; esac');
  const run = load('--url', url);
  expect(await run.ended).toBe(1);
  expect(run.output).toContain('gateway: everything held');
  expect(run.output).toMatch(/\n\nblog: a threshold did not hold\n$/);
});

test('one stop ends k6 in order, and the command with 130', async () => {
  k6Does(`trap 'echo in order; exit 105' INT\necho running\nwhile :; do sleep 0.05; done`);
  const run = load('blog', 'identity', '--url', url);
  await until('k6 is running', 10_000, () => run.output.includes('running'));
  run.child.kill('SIGINT');
  expect(await run.ended).toBe(130);
  expect(run.output).toMatch(/stopping\nin order\n$/);
  expect(readFileSync(asked, 'utf8')).not.toContain('identity');
});

test('a system that was named and does not answer is one sentence, and nothing is run', async () => {
  k6Does('exit 0');
  const run = load('blog', '--url', 'http://127.0.0.1:9');
  expect(await run.ended).toBe(1);
  expect(run.output.trim()).toBe(
    'No system answers at http://127.0.0.1:9/health/ready: start it, or leave out --url to have one started.',
  );
  expect(existsSync(asked)).toBe(false);
});

test.each([
  [0, undefined],
  [99, 'a threshold did not hold'],
  [105, 'it was stopped'],
  [107, 'the script failed, as it says above'],
  [null, 'it was stopped'],
  [1, 'k6 ended with code 1'],
])('exit code %p of k6', (code, sentence) => {
  expect(failureOf(code)).toBe(sentence);
});
