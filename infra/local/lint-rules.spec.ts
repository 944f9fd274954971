import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { workspace } from './workspace.ts';

/** Lints a text as if it stood in that file; answers the rules that it breaks. */
function broken(file: string, text: string): string[] {
  const args = [
    path.join(workspace, 'node_modules/eslint/bin/eslint.js'),
    '--stdin',
    '--stdin-filename',
    file,
    '--format',
    'json',
  ];
  try {
    execFileSync(process.execPath, args, { cwd: workspace, input: text, env: { ...process.env, NX_DAEMON: 'false' } });
    return [];
  } catch (error) {
    const [{ messages }] = JSON.parse(String((error as { stdout: Buffer }).stdout)) as [
      { messages: { ruleId: string }[] },
    ];
    return messages.map(({ ruleId }) => ruleId);
  }
}

const rule = 'no-restricted-imports';
const boundaries = '@nx/enforce-module-boundaries';

test.each([
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
])('%s', (_name, file, imported, expected) => expect(broken(file, `import '${imported}';`)).toContain(expected));

test('a slice may import the root of its feature', () => {
  expect(broken('apps/blog/src/posts/get-post/get-post.query.ts', `import '../post.dto.ts';`)).toEqual([]);
});
