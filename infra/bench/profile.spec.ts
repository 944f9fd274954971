import { expect, test } from '@jest/globals';
import { workspace } from '@cairn/local/workspace';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { byLibrary, selfTimes } from './profile.ts';

const frame = (id: number, functionName: string, file = '') => ({
  id,
  callFrame: {
    functionName,
    url: file && (file.startsWith('node:') ? file : pathToFileURL(path.join(workspace, file)).href),
    lineNumber: 6,
  },
});

test('self times of the span asked for, without idling, by function and by library', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'cairn-profile-'));
  const file = path.join(folder, 'x.cpuprofile');
  const nodes = [
    frame(1, '(idle)'),
    frame(2, 'write', 'libs/http/dist/x.js'),
    frame(3, 'read', 'libs/http/dist/x.js'),
    frame(4, 'next', 'node_modules/@nestjs/core/y.js'),
    frame(5, 'writev'),
    frame(6, 'emit', 'node:events'),
  ];
  const samples = [2, 2, 1, 3, 4, 5, 6, 6];
  writeFileSync(file, JSON.stringify({ nodes, startTime: 1000, samples, timeDeltas: samples.map(() => 10) }));
  const times = selfTimes(file, 1015, 1075);
  rmSync(folder, { recursive: true });
  expect(times).toHaveLength(5);
  expect(times.find(({ where }) => where === 'write libs/http/dist/x.js:7')!.share).toBeCloseTo(20);
  expect(Object.fromEntries(byLibrary(times).map(({ where, share }) => [where, Math.round(share)]))).toEqual({
    'libs/http': 40,
    '@nestjs/core': 20,
    'native code and system calls': 20,
    node: 20,
  });
});
