import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { csvRecord } from './csv.ts';

/** As RFC 4180 says it, for one record. */
function read(record: string): string[] {
  const cells: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n$)/y;
  for (let found; (found = cell.exec(record));) {
    cells.push(found[1]?.replaceAll('""', '"') ?? found[2]!);
    if (found[3] !== ',') return cells;
  }
  throw new Error(`Not a record: ${JSON.stringify(record)}`);
}

test('what is written is what is read, whatever it holds', () => {
  const harmless = fc.string({ unit: 'binary' }).filter((text) => !/^[\s\u00a0\ufeff]*[=+\-@]|^[\t\r\n]/.test(text));
  fc.assert(
    fc.property(fc.array(harmless, { minLength: 1 }), (cells) => expect(read(csvRecord(cells))).toEqual(cells)),
  );
});

describe('what a spreadsheet would run', () => {
  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', ' =1', '  @x', '\u00a0=1'])(
    '%j is a text',
    (text) => {
      expect(read(csvRecord([text]))).toEqual([`'${text}`]);
    },
  );

  test('whatever a text begins with, no cell begins a formula', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/^\s*[=+\-@]/.test(read(csvRecord([text]))[0]!)));
  });

  test('a number is a number', () => expect(csvRecord([-5, -1.5, 10n])).toBe('-5,-1.5,10\r\n'));
});

test('what is not there is an empty cell, a time is in UTC', () => {
  expect(csvRecord([null, undefined, '', new Date(0), true, 'a "b", c'])).toBe(
    ',,,1970-01-01T00:00:00.000Z,true,"a ""b"", c"\r\n',
  );
});
