import { expect, test } from '@jest/globals';
import { sqlTable } from './sql-table.ts';

test('rows stand below their names, and nothing in them moves the cursor', () => {
  const fields = [{ name: 'path' }, { name: 'n' }];
  const rows = [
    ['/stones', '12'],
    ['\u001b[2J/', null],
  ];
  expect(sqlTable({ fields, rows }).split('\n')).toEqual([
    'path    | n',
    '--------+---',
    '/stones | 12',
    ' [2J/   |',
    '(2 rows)',
  ]);
});

test('is there without rows, too', () => {
  expect(sqlTable({ fields: [{ name: 'id' }], rows: [] })).toBe('id\n--\n(0 rows)');
});
