import { beforeAll, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { workspace } from './workspace.ts';

interface Case {
  readonly file: string;
  readonly text: string;
}

/** One process for all of them: what takes long is to begin. */
const LINT = `
  import { ESLint } from 'eslint';
  import { json } from 'node:stream/consumers';
  const eslint = new ESLint();
  const broken = [];
  for (const { file, text } of await json(process.stdin)) {
    const [{ messages }] = await eslint.lintText(text, { filePath: file });
    broken.push(messages.map(({ ruleId }) => ruleId));
  }
  console.log(JSON.stringify(broken));`;

/** Lints each text as if it stood in its file; answers the rules that it breaks. */
function broken(cases: readonly Case[]): string[][] {
  const input = JSON.stringify(cases);
  const env = { ...process.env, NX_DAEMON: 'false' };
  const answer = execFileSync(process.execPath, ['--input-type=module', '-e', LINT], { cwd: workspace, input, env });
  return JSON.parse(answer.toString()) as string[][];
}

const rule = 'no-restricted-imports';
const boundaries = '@nx/enforce-module-boundaries';

const forbidden = [
  [
    'a slice does not import its sibling',
    'apps/blog/src/posts/get-post/get-post.query.ts',
    '../list-posts/list-posts.query.ts',
    rule,
  ],
  ['a file without a suffix imports no framework', 'apps/blog/src/posts/post.ts', '@nestjs/common', rule],
  ['nor does one inside a slice', 'apps/blog/src/posts/import-posts/front-matter.ts', 'typeorm', rule],
  ['an errors file imports no database', 'apps/blog/src/posts/post.errors.ts', '@cairn/database', rule],
  ['a saga is pure', 'apps/blog/src/posts/publish-saga/publish.saga.ts', '@nestjs/common', rule],
  [
    'a handler does not import a controller',
    'apps/blog/src/posts/get-post/x.handler.ts',
    './get-post.controller.ts',
    rule,
  ],
  ['a query does not know HTTP', 'apps/blog/src/posts/post-views.query.ts', 'fastify', rule],
  ['a controller does not write', 'apps/blog/src/posts/get-post/x.controller.ts', '../post.repository.ts', rule],
  ['a resolver does not read the database', 'apps/blog/src/posts/posts.resolver.ts', '@cairn/database', rule],
  [
    'an app does not import an app',
    'apps/blog/src/posts/post.mapper.ts',
    '../../../identity/src/config.ts',
    boundaries,
  ],
  ['an app does not import infra', 'apps/gateway/src/config.ts', '../../../infra/local/topology.ts', boundaries],
  ['a library does not import an app', 'libs/http/src/index.ts', '../../../apps/blog/src/config.ts', boundaries],
  ['contracts import zod only', 'libs/contracts/src/index.ts', '@nestjs/common', boundaries],
  ['contracts import no other library', 'libs/contracts/src/index.ts', '@cairn/http', boundaries],
] as const;
const allowed = { file: 'apps/blog/src/posts/get-post/get-post.query.ts', text: `import '../post.dto.ts';` };
let found: string[][];
beforeAll(() => {
  found = broken([...forbidden.map(([, file, imported]) => ({ file, text: `import '${imported}';` })), allowed]);
}, 60_000);

test.each(forbidden.map(([name, , , expected], index) => [name, index, expected] as const))(
  '%s',
  (_name, index, expected) => expect(found[index]).toContain(expected),
);

test('a slice may import the root of its feature', () => expect(found.at(-1)).toEqual([]));
