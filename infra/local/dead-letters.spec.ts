import { expect, test } from '@jest/globals';
import { detailsOf, summaryOf } from './dead-letter-lines.ts';
import { parseDeadLettersOptions } from './dead-letters-options.ts';
import { tailLine } from './tail-line.ts';

const chosen = { service: undefined, ids: [], filter: {}, isAll: false };

test.each([
  [[], { ...chosen, action: 'list' }],
  [['list', 'blog', '--type', 'a.b.v1'], { ...chosen, action: 'list', service: 'blog', filter: { type: 'a.b.v1' } }],
  [['show', 'blog', '17'], { ...chosen, action: 'show', service: 'blog', ids: ['17'] }],
  [['replay', 'blog', '17', '18'], { ...chosen, action: 'replay', service: 'blog', ids: ['17', '18'] }],
  [['discard', 'blog', '--all'], { ...chosen, action: 'discard', service: 'blog', isAll: true }],
  [['discard', 'blog', '--key=k', '--group=g'], { ...chosen, action: 'discard', service: 'blog', filter: { key: 'k', group: 'g' } }], // prettier-ignore
  [['list', '--api', 'http://127.0.0.1:3000/'], { ...chosen, action: 'list', api: 'http://127.0.0.1:3000' }],
  [['replay', '--help'], undefined],
])('%j', (args, options) => expect(parseDeadLettersOptions(args, {})).toEqual(options));

test.each([
  [['mend'], 'Say what to do: list, show, replay, discard, not "mend".'],
  [['replay'], 'Say of which service, as in `npm run dead-letters -- replay blog 17`.'],
  [['replay', 'blog'], 'Say which to replay: ids, --all, or --type, --group or --key.'],
  [['discard', 'blog', '17', '--all'], 'Ids, --all and a filter exclude each other.'],
  [['discard', 'blog', 'all'], '"all" is no id: `list` shows those that there are.'],
  [['show', 'blog'], '`show` takes one id.'],
  [['list', '--api', 'example.org'], '--api takes an address such as http://127.0.0.1:3000, not "example.org".'],
  [['list', 'blog', '--older'], "Unknown option '--older': `npm run dead-letters -- --help` lists what there is."],
])('%j is refused', (args, sentence) => expect(() => parseDeadLettersOptions(args, {})).toThrow(sentence));

test('elsewhere nobody signs in by the password of the demo world', () => {
  const args = ['list', '--api', 'https://api.example.org'];
  const sentence = "Set CAIRN_TOKEN to an admin's access token: https://api.example.org has no demo account.";
  expect(() => parseDeadLettersOptions(args, {})).toThrow(sentence);
  expect(parseDeadLettersOptions(args, { CAIRN_TOKEN: 't' })).toMatchObject({ api: 'https://api.example.org' });
});

const letter = {
  id: '17',
  eventId: 'e1',
  group: 'blog',
  type: 'a.b.v1',
  topic: 'a',
  key: 'k',
  state: 'dead',
  reason: 'It is broken\n  in many ways',
  attempts: 6,
  failedAt: '2026-01-31T12:00:00.000Z',
  parkedAt: '2026-01-31T12:00:00.000Z',
  waiting: 3,
  retryAt: null,
  position: 'a/1/0',
  headers: { 'content-type': 'x' },
  record: '{"id":"e1"}',
  stack: 'Error: It is broken\n    at here',
};

test('a letter in a list says what, since when, why, and how many wait', () =>
  expect(summaryOf(letter)).toBe(
    '    17  2026-01-31T12:00:00.000Z  a.b.v1  key k\n        It is broken (group blog, 6 attempts, 3 behind it)',
  ));

test('nothing that came over the broker moves the cursor of who looks', () => {
  const evil = '\u001b]0;owned\u0007\u001b[2J\rblog: none';
  const given = {
    ...letter,
    type: evil,
    key: evil,
    reason: evil,
    headers: { [evil]: evil },
    record: evil,
    stack: evil,
  };

  for (const text of [summaryOf(given), detailsOf(given)]) expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
});

test('one alone shows its record and its stack', () => {
  const text = detailsOf(letter);
  expect(text).toContain('state     dead\n');
  expect(text).toContain('header    content-type: x');
  expect(text).toContain('{\n  "id": "e1"\n}\n\nError: It is broken\n    at here');
  expect(text).not.toContain('retryAt');
  expect(detailsOf({ ...letter, record: 'not JSON', stack: null })).toMatch(/not JSON$/);
});

test('a line of the tail', () => {
  const event = { time: 'T', type: 'a.b.v1', subject: 'k', id: 'e1', data: { text: 'two\nlines \u001b[31m' } };
  const value = JSON.stringify(event);
  expect(tailLine(value, [], false)).toBe('T  a.b.v1  k  e1  {"text":"two\\nlines \\u001b[31m"}');
  expect(tailLine(value, ['a.b.v1'], true)).toContain('\u001b[32ma.b.v1\u001b[0m');
  expect(tailLine(value, ['c.d.v1'], false)).toBeUndefined();
  expect(tailLine('nonsense\u001b[2J\n', [], false)).toBe('no event  nonsense [2J ');
  expect(tailLine('null', ['a.b.v1'], false)).toBeUndefined();
});
