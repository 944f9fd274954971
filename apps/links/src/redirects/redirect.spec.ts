import { describe, expect, test } from '@jest/globals';
import type { ServedLink } from '../links/served-link.ts';
import { preferencesOf, qualityOf } from './accept-language.ts';
import { destinationOf } from './destination.ts';
import { locationOf, staysBelow } from './location.ts';
import { decide, type Visit } from './redirect.ts';

const NOW = Date.parse('2026-07-01T12:00:00Z');
const link = (change: Partial<ServedLink> = {}): ServedLink => ({
  id: '0197c000-0000-7000-8000-000000000000',
  code: 'summer',
  ownerId: null,
  status: 302,
  url: 'https://example.org/',
  targets: [],
  rules: [],
  passPath: false,
  passQuery: false,
  hasPassword: false,
  startsAt: null,
  expiresAt: null,
  maxVisits: null,
  isUsedUp: false,
  isDeleted: false,
  disabledReason: null,
  ...change,
});
const visit = (change: Partial<Visit> = {}): Visit => ({
  rest: { path: '', query: '' },
  visitor: () => ({ device: 'desktop', country: null, acceptLanguage: undefined }),
  now: NOW,
  random: () => 0,
  ...change,
});

describe('a link', () => {
  test('begins and ends to the millisecond', () => {
    const planned = link({ startsAt: NOW, expiresAt: NOW + 1_000 });
    const kinds = [-1, 0, 999, 1_000].map((ms) => decide(planned, visit({ now: NOW + ms })).kind);
    expect(kinds).toEqual(['missing', 'redirect', 'redirect', 'expired']);
  });

  test.each<[string, Partial<ServedLink>]>([
    ['deleted', { isDeleted: true, disabledReason: 'x' }],
    ['disabled', { disabledReason: 'phishing', expiresAt: 0, startsAt: NOW + 1 }],
    ['missing', { startsAt: NOW + 1, isUsedUp: true }],
    ['used-up', { isUsedUp: true, hasPassword: true }],
    ['locked', { hasPassword: true }],
  ])('is %s before anything that matters less', (kind, change) => {
    expect(decide(link(change), visit()).kind).toBe(kind);
  });

  test('that passes no path is not at one; a slash at the end is none', () => {
    const at = (path: string, passPath: boolean) => decide(link({ passPath }), visit({ rest: { path, query: '' } }));
    expect(at('/more', false).kind).toBe('missing');
    expect(at('/', false)).toMatchObject({ location: 'https://example.org/' });
    expect(at('/more', true)).toMatchObject({ location: 'https://example.org/more' });
    expect(at('/../up', true).kind).toBe('missing');
  });

  test('asks who comes only where a rule wants to know', () => {
    const visitor = () => {
      throw new Error('asked');
    };
    expect(decide(link(), visit({ visitor })).kind).toBe('redirect');
    const rules = [{ device: 'mobile' as const, language: null, country: null, url: 'https://m.example.org/' }];
    expect(() => decide(link({ rules }), visit({ visitor }))).toThrow('asked');
  });
});

describe('what is passed on', () => {
  test.each([
    ['https://e.org/', '', '', 'https://e.org/'],
    ['https://e.org/docs/', '/a%20b/ü', '', 'https://e.org/docs/a%20b/%C3%BC'],
    ['https://e.org/docs#part', '//evil.example', '', 'https://e.org/docs//evil.example#part'],
    ['https://e.org/?a=1&b=2', '', 'c=3&a=9&%62=9&c=4', 'https://e.org/?a=1&b=2&c=3&c=4'],
    ['https://e.org/', '', 'x=%zz&&=&y', 'https://e.org/?x=%zz&=&y'],
    ['https://e.org/', '', '#x', 'https://e.org/?%23x'],
    ['https://e.org/?utm_source=ours', '', 'utm_source=theirs', 'https://e.org/?utm_source=ours'],
  ])('%s %s %s', (address, path, query, expected) => {
    expect(locationOf(address, { path, query })).toBe(expected);
  });

  test('a path that leads away is none of ours, however it is spelled', () => {
    const away = [
      '/..',
      '/../x',
      '/a/../../x',
      '/%2e%2E/x',
      '/.%2e',
      '/./x',
      '/a\\..\\x',
      '/a/..',
      '/..;/x',
      '/a/..;v=1/x',
      '/..%3B/x',
    ];
    expect(away.filter(staysBelow)).toEqual([]);
    const fine = ['/a..b', '/...', '/.well-known/x', '/a%2fb', '/%252e%252e/x'];
    expect(fine.filter((path) => !staysBelow(path))).toEqual([]);
    for (const path of fine)
      expect(locationOf('https://e.org/in', { path, query: '' })).toMatch(/^https:\/\/e\.org\/in\//);
  });
});

describe('rules', () => {
  const rule = (rule: Partial<ServedLink['rules'][0]>, url: string) => ({
    ...{ device: null, language: null, country: null },
    ...rule,
    url,
  });
  const sentTo = (rules: ServedLink['rules'], visitor: Partial<ReturnType<Visit['visitor']>>) =>
    destinationOf(
      link({
        rules,
        targets: [
          { url: 'a', weight: 1 },
          { url: 'b', weight: 1 },
        ],
      }),
      () => ({ device: 'desktop', country: null, acceptLanguage: undefined, ...visitor }),
      () => 0,
    );

  test('the first that fits in all that it gives; else a target', () => {
    const rules = [
      rule({ device: 'mobile', country: 'AT' }, 'both'),
      rule({ device: 'mobile' }, 'mobile'),
      rule({ country: 'AT' }, 'at'),
    ];
    expect(sentTo(rules, { device: 'mobile', country: 'AT' })).toEqual({ url: 'both', target: 2 });
    expect(sentTo(rules, { device: 'mobile' })).toEqual({ url: 'mobile', target: 3 });
    expect(sentTo(rules, { country: 'AT' })).toEqual({ url: 'at', target: 4 });
    expect(sentTo(rules, { country: 'DE' })).toEqual({ url: 'a', target: 0 });
  });

  test('of languages the one that is read most gladly, not the first in the list', () => {
    const rules = [rule({ language: 'de' }, 'de'), rule({ language: 'fr' }, 'fr')];
    const inLanguage = (acceptLanguage: string) => sentTo(rules, { acceptLanguage }).url;
    expect(inLanguage('fr, de;q=0.5')).toBe('fr');
    expect(inLanguage('de-AT, fr;q=0.9')).toBe('de');
    expect(inLanguage('en, *;q=0.1')).toBe('a');
    expect(inLanguage('en')).toBe('a');
    expect(inLanguage('de;q=0, fr;q=0.1')).toBe('fr');
  });

  test('what is no language is left out', () => {
    expect(preferencesOf('de;q=0.3, ,;q=1, fr;q=2, en;q=x, a b, *;q=.5, it ; q=1.000')).toEqual([
      { range: 'de', quality: 0.3 },
      { range: 'it', quality: 1 },
    ]);
    expect(preferencesOf('de,'.repeat(1_000))).toEqual([]);
    const preferences = preferencesOf('de-ch;q=0.2, de;q=0.7, de-at;q=0.9');
    expect(['de', 'de-at', 'de-li', 'en'].map((language) => qualityOf(language, preferences))).toEqual([
      0.7, 0.9, 0.7, 0,
    ]);
  });
});

test('targets share visits by their weights, whatever is drawn', () => {
  const targets = [
    { url: 'a', weight: 1 },
    { url: 'b', weight: 3 },
  ];
  const drawn = [0, 0.2499, 0.25, 0.9999999999999999].map(
    (random) => destinationOf(link({ targets }), visit().visitor, () => random).target,
  );
  expect(drawn).toEqual([0, 0, 1, 1]);
});
