import { expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { write, type Result } from './report.ts';

const result = (name: string, figure: number): Result => ({
  bench: { name, question: 'Which?', open: () => Promise.reject(new Error()) },
  contest: {
    sides: [{ name: 'ours', measure: () => Promise.reject(new Error()) }],
    goals: [{ what: 'it', unit: 's', atMost: 8, value: (round) => round.ours!['s']! }],
  },
  rounds: [{ ours: { s: figure } }, { ours: { s: figure + 2 } }],
  seconds: 1,
});

test('a result takes the place of the one before, and what people wrote stays', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'cairn-report-'));
  const file = path.join(folder, 'bench.md');
  writeFileSync(file, '# Bench\n\nBy hand, before.\n');
  write(file, result('one', 1));
  write(file, result('two', 5));
  writeFileSync(file, `${readFileSync(file, 'utf8')}\nBy hand, after.\n`);
  write(file, result('one', 1234));
  const page = readFileSync(file, 'utf8');
  rmSync(folder, { recursive: true });
  expect(page.match(/^## \w+/gm)).toEqual(['## one', '## two']);
  expect(page).toContain('| it | 1,235 (1,234–1,236) s | ≤ 8 s | **not reached** |');
  expect(page).toContain('| it | 6 (5–7) s | ≤ 8 s | reached |');
  expect(page).toMatch(/^# Bench\n\nBy hand, before\.\n[^]*By hand, after\.\n$/);
});
