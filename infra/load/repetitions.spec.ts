import { expect, test } from '@jest/globals';
import { Repetitions } from './repetitions.ts';

test('of what is said again and again the first three are shown, and the others counted', () => {
  const shown: string[] = [];
  const repetitions = new Repetitions((line) => void shown.push(line));
  const complaint = (n: number) =>
    `time="12:0${n}" level=error msg="dashboard of the gateway: 404 instead of 200, ${n}" source=console\n`;
  const text = [1, 2, 3, 4, 5].map(complaint).join('') + 'something else';
  for (const piece of text.match(/[\s\S]{1,7}/g)!) repetitions.add(piece);
  repetitions.end();
  expect(shown).toEqual([
    ...[1, 2, 3].map((n) => `dashboard of the gateway: 404 instead of 200, ${n}`),
    'something else',
    '… and 2 more like: dashboard of the gateway: 404 instead of',
  ]);
});
