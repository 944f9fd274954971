import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findK6, K6_VERSION, k6Program } from './k6.ts';

let workspace: string;
let said: string[];
beforeEach(() => {
  workspace = mkdtempSync(path.join(tmpdir(), 'cairn-k6-'));
  said = [];
});
afterEach(() => rmSync(workspace, { recursive: true, force: true }));

/** A shell script in the place of a program. Answers its path. */
function program(file: string, script: string): string {
  const full = path.join(workspace, file);
  mkdirSync(path.dirname(full), { recursive: true });
  writeFileSync(full, `#!/bin/sh\n${script}\n`);
  chmodSync(full, 0o755);
  return full;
}

const k6 = (file: string, version = K6_VERSION) => program(file, `echo "k6 ${version} (go1.26, linux/amd64)"`);
const find = (env: NodeJS.ProcessEnv) => k6Program({ workspace, env, say: (sentence) => void said.push(sentence) });

test('K6 goes before the PATH, and the PATH before what was built here', async () => {
  const [named, onPath, own] = [k6('named/k6'), k6('bin/k6'), k6('.k6/k6')];
  const PATH = path.dirname(onPath);
  await expect(find({ K6: named, PATH })).resolves.toBe(named);
  await expect(find({ PATH })).resolves.toBe(onPath);
  await expect(find({ PATH: '' })).resolves.toBe(own);
});

test('a folder of that name, or a file that cannot be run, is no k6', () => {
  mkdirSync(path.join(workspace, 'bin/k6'), { recursive: true });
  chmodSync(program('other/k6', ''), 0o644);
  const PATH = ['bin', 'other'].map((folder) => path.join(workspace, folder)).join(path.delimiter);
  expect(findK6({ workspace, env: { PATH } })).toBeUndefined();
});

test('K6 that leads nowhere is not passed over', async () => {
  const onPath = k6('bin/k6');
  const env = { K6: '/nowhere/k6', PATH: path.dirname(onPath) };
  await expect(find(env)).rejects.toThrow('K6 is set to /nowhere/k6, which is no program: correct it, or unset it.');
});

test('one that is too old, or something else, is refused', async () => {
  const old = k6('old/k6', 'v0.49.0');
  const other = program('other/k6', 'echo hello');
  await expect(find({ K6: old })).rejects.toThrow(`${old} is k6 0.49.0: install v1.8.1 or newer.`);
  await expect(find({ K6: other })).rejects.toThrow(`${other} does not say which k6 it is: install v1.8.1 or newer.`);
});

test('without k6 and Go it says exactly what to install', async () => {
  await expect(find({ PATH: '' })).rejects.toThrow(
    'There is no k6 on this machine and no Go to build it: install k6 (https://grafana.com/docs/k6/latest/set-up/install-k6/) or Go 1.25 or newer (https://go.dev/dl/), or set K6 to where k6 is.',
  );
});

test('Go builds the version that is wanted into the clone, and is not asked again', async () => {
  const go = program(
    'go/go',
    `echo "$@" >> ${workspace}/asked; printf '#!/bin/sh\\necho "k6 v1.8.1 (x)"\\n' > "$GOBIN/k6"; /bin/chmod +x "$GOBIN/k6"`,
  );
  const PATH = path.dirname(go);
  const own = path.join(workspace, '.k6/k6');
  await expect(find({ PATH })).resolves.toBe(own);
  await expect(find({ PATH })).resolves.toBe(own);
  expect(readFileSync(path.join(workspace, 'asked'), 'utf8')).toBe('install go.k6.io/k6@v1.8.1\n');
  expect(said).toEqual(['there is no k6 here: Go builds v1.8.1 into .k6, once, in a minute or two']);
});

test('a build that fails is told in its last words', async () => {
  const go = program('go/go', 'echo "downloading" >&2; echo "go: no route to proxy" >&2; exit 1');
  await expect(find({ PATH: path.dirname(go) })).rejects.toThrow(
    'Go could not build k6 (go: no route to proxy): install k6 (',
  );
});
