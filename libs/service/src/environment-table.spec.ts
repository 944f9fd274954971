import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { environmentTable } from './environment-table.ts';
import { commaSeparated, ProcessConfigSchema } from './environment.ts';

test('a schema is a table: what is required first, with defaults, bounds, choices and examples', () => {
  const schema = z.object({
    COST: z.coerce.number().int().min(4).max(16).default(12).meta({ description: 'Work' }),
    KIND: z.enum(['a', 'b']).default('a').meta({ description: 'Which' }),
    ON: z.stringbool().default(false).meta({ description: 'Whether' }),
    PEERS: commaSeparated().meta({ description: 'Who' }),
    URL: z.url().meta({ description: 'Where', example: 'http://x' }),
  });
  expect(environmentTable(schema)).toBe(
    [
      '| Variable | Default | What it is |',
      '|---|---|---|',
      '| `URL` | **required** | Where, such as `http://x` |',
      '| `COST` | `12` | Work; 4 to 16 |',
      '| `KIND` | `a` | Which: `a`, `b` |',
      '| `ON` | `false` | Whether |',
      '| `PEERS` | none | Who |',
    ].join('\n'),
  );
});

test('a variable that nobody described is named', () => {
  expect(() => environmentTable(z.object({ SECRET: z.string() }))).toThrow('SECRET has no description');
  expect(environmentTable(ProcessConfigSchema)).toContain('| `PORT` | **required** |');
});
