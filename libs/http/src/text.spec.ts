import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { line, text } from './text.ts';

const said = (schema: z.ZodType, value: string) => schema.safeParse(value).error?.issues.map(({ message }) => message);
const NOT_TEXT = ['Contains a character that is not text'];

/** As a client that validates by the API description does. */
const patternOf = (schema: z.ZodType) => new RegExp(String(z.toJSONSchema(schema).pattern), 'u');

describe.each<[string, string, string[] | undefined, string[] | undefined]>([
  ['a script of its own', 'пароль 😀 e\u0301', undefined, undefined],
  ['nothing', '', undefined, undefined],
  ['two lines', 'two\r\nlines\t', undefined, ['Must be one line']],
  ['a zero byte', 'a\u0000b', NOT_TEXT, NOT_TEXT],
  ['an escape', 'a\u001bb', NOT_TEXT, NOT_TEXT],
  ['a delete', 'a\u007f', NOT_TEXT, NOT_TEXT],
  ['the first half of a pair', 'a\ud83d', NOT_TEXT, NOT_TEXT],
  ['the second half of a pair', '\ude00 b', NOT_TEXT, NOT_TEXT],
  ['halves in the wrong order', '\ude00\ud83d', NOT_TEXT, NOT_TEXT],
])('%s', (_, value, asText, asLine) => {
  test('as text', () => expect(said(text(), value)).toEqual(asText));
  test('as a line', () => expect(said(line(), value)).toEqual(asLine));
  test('the description says the same, but of halves of pairs', () => {
    const isHalf = !value.isWellFormed(); // beyond many engines that read patterns
    expect(patternOf(text()).test(value)).toBe(isHalf || asText === undefined);
    expect(patternOf(line().min(0).max(9_000)).test(value)).toBe(isHalf || asLine === undefined);
  });
});

test('it leaves normalised, a line trimmed', () => {
  expect(text().parse(' e\u0301 ')).toBe(' \u00e9 ');
  expect(line().parse(' e\u0301 ')).toBe('\u00e9');
});
