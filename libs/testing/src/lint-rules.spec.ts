import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import path from 'node:path';

const workspace = path.resolve(import.meta.dirname, '../../..');

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

test.each([
  [
    'a slice does not import its sibling',
    'apps/blog/src/posts/get-post/get-post.query.ts',
    `import '../list-posts/list-posts.query.ts';`,
    'no-restricted-imports',
  ],
  [
    'a file without a suffix imports no framework',
    'apps/blog/src/posts/post.ts',
    `import '@nestjs/common';`,
    'no-restricted-imports',
  ],
  [
    'an errors file imports no database',
    'apps/blog/src/posts/post.errors.ts',
    `import 'typeorm';`,
    'no-restricted-imports',
  ],
  [
    'an app does not import an app',
    'apps/blog/src/posts/post.mapper.ts',
    `import '../../../identity/src/config.ts';`,
    '@nx/enforce-module-boundaries',
  ],
  [
    'a library does not import an app',
    'libs/http/src/index.ts',
    `import '../../../apps/blog/src/config.ts';`,
    '@nx/enforce-module-boundaries',
  ],
])('%s', (_name, file, text, rule) => expect(broken(file, text)).toContain(rule));

test('a slice may import the root of its feature', () => {
  expect(broken('apps/blog/src/posts/get-post/get-post.query.ts', `import '../post.dto.ts';`)).toEqual([]);
});
