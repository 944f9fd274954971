import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hostAndDomains, isListed, isOurs, parseTarget, plainHost, toHost } from './target.ts';

const hostOf = (text: string) => {
  const parsed = parseTarget(text);
  return 'url' in parsed ? plainHost(parsed.url.hostname) : undefined;
};

describe('a loop', () => {
  const ours = new Set(['go.example.org', 'xn--bcher-kva.example', '192.0.2.7', '2001:db8::7']);
  test.each([
    'https://go.example.org/s/x',
    'http://GO.EXAMPLE.ORG:8080',
    'https://go.example.org./s/x',
    'https://go.example.org..',
    'https://%67o.example.org/',
    'https://ｇｏ.example.org/',
    'https://go。example。org/',
    'https:go.example.org',
    'https:\\\\go.example.org\\s',
    'http://bücher.example',
    'http://BÜCHER.example.',
    'http://192.0.2.7/',
    'http://3221225991/',
    'http://0xC0.0x00.0x02.0x07/',
    'http://0300.0.02.7/',
    'http://192.0.519/',
    'http://[::ffff:192.0.2.7]/',
    'http://[::ffff:c000:207]:99/',
    'http://[2001:DB8:0:0::7]/',
    'ht\ntp://go.exam\tple.org/',
    '  https://go.example.org  ',
  ])('is seen in %j', (text) => {
    const host = hostOf(text);
    if (host !== undefined) expect(isOurs(host, ours)).toBe(true);
  });

  test.each([
    'https://example.org',
    'https://notgo.example.org',
    'https://go.example.org.evil.example',
    'http://192.0.2.8',
  ])('is not seen in %j', (text) => expect(isOurs(hostOf(text)!, ours)).toBe(false));

  test.each([
    'http://localhost:3000',
    'http://127.0.0.1',
    'http://127.9.9.9',
    'http://[::1]',
    'http://0/',
    'http://x.localhost',
    'http://[::ffff:127.0.0.1]',
    'http://[::127.0.0.1]',
    'http://[64:ff9b::127.0.0.1]',
  ])('on a machine by itself is seen in %j', (text) => {
    expect(isOurs(hostOf(text)!, new Set(['localhost']))).toBe(true);
    expect(isOurs(hostOf(text)!, new Set(['127.0.0.1']))).toBe(true);
    expect(isOurs(hostOf(text)!, ours)).toBe(false);
  });
});

test('a list means domains with all that is in them, and addresses as they are', () => {
  const list = new Set(['evil.example', '198.51.100.1']);
  expect(['evil.example', 'a.b.evil.example', '198.51.100.1'].every((host) => isListed(host, list))).toBe(true);
  expect(['notevil.example', 'evil.example.org', 'example', '100.1'].some((host) => isListed(host, list))).toBe(false);
  expect(hostAndDomains('a.b.example')).toEqual(['a.b.example', 'b.example', 'example']);
  expect(hostAndDomains('2001:db8::1')).toEqual(['2001:db8::1']);
});

test.each([
  ['Example.ORG.', 'example.org'],
  ['Bücher.example', 'xn--bcher-kva.example'],
  ['[2001:DB8::1]', '2001:db8::1'],
  ['::1', '::1'],
  ['0x7f.1', '127.0.0.1'],
  ['a/b', undefined],
  ['a:80', undefined],
  ['user@a', undefined],
  ['a b', undefined],
  ['.', undefined],
  ['', undefined],
  ['[::1', undefined],
  ['a..b', undefined],
  [`${'a'.repeat(64)}.example`, undefined],
  [`${'a.'.repeat(130)}b`, undefined],
])('%j as a host is %j', (text, host) => expect(toHost(text)).toBe(host));

test('a name that DNS cannot have is none: its domains would be megabytes', () => {
  const label = 'a'.repeat(63);
  const longest = [label, label, label, 'a'.repeat(61)].join('.');
  for (const host of [longest, `${longest}.`, `${label}.example`, 'b.'.repeat(126) + 'b'])
    expect(parseTarget(`http://${host}/`)).toHaveProperty('url');
  for (const host of [`${longest}a`, `a${label}.example`, `a${'.'.repeat(1_900)}b`, '.a', 'a..b', '.'])
    expect(parseTarget(`http://${host}/`)).toEqual({ objection: 'Has no host that there can be' });
});

test('whatever is given, what is taken is http or https, has a host and no credentials, and is the same when it is parsed once more', () => {
  const pieces = fc.array(
    fc.constantFrom('http', 'https', 'javascript', 'data', ':', '/', '//', '\\', '@', '?', '#', '.', '%', '%00', '%2f', '[', ']', '::1', '127.1', ' ', '\t', '\n', '\0', '\ud800', 'ü', 'xn--', 'a', 'b.c', ':80', ':99999'), // prettier-ignore
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        pieces.map((all) => all.join('')),
        fc.webUrl(),
        fc.string(),
      ),
      (text) => {
        const parsed = parseTarget(text);
        if (!('url' in parsed)) return;
        const { url } = parsed;
        expect(url.href).toMatch(/^https?:\/\/[^/?#@]+\//);
        expect([url.username, url.password]).toEqual(['', '']);
        expect(new URL(url.href).href).toBe(url.href);
      },
    ),
    { numRuns: 3_000 },
  );
});
