import { expect, test } from '@jest/globals';
import { globSync } from 'node:fs';
import path from 'node:path';
import { workspace } from './workspace.ts';

/** One role per file, said by its suffix. */
const ROLES = [
  ...[
    'controller',
    'resolver',
    'gateway',
    'dto',
    'handler',
    'query',
    'consumer',
    'saga',
    'job',
    'entity',
    'repository',
  ],
  ...['service', 'client', 'mapper', 'errors', 'events', 'module', 'options', 'config', 'decorator', 'guard'],
  ...[
    'interceptor',
    'filter',
    'pipe',
    'middleware',
    'strategy',
    'policy',
    'factory',
    'contract',
    'migration',
    'sql',
    'type',
  ],
  ...['dependency', 'command', 'broker'],
];
const VAGUE = /(^|\/)(utils?|common|helpers?|misc|base)(\/|\.)/;

test('every file says its one role by its suffix, and none has a vague name', () => {
  const files = globSync(['apps/*/src/**/*.ts', 'libs/*/src/**/*.ts'], { cwd: workspace });
  const strange = files.filter((file) => {
    const [, role] = /^[a-z0-9-]+(?:\.([a-z]+))?(?:\.(?:spec|int-spec|e2e-spec))?\.ts$/.exec(path.basename(file)) ?? [
      '',
      'none',
    ];
    return VAGUE.test(file) || (role !== undefined && ![...ROLES, 'spec', 'int', 'e2e', 'kills'].includes(role));
  });
  expect(files.length).toBeGreaterThan(200);
  expect(strange).toEqual([]);
});
