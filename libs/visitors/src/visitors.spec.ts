import { describe, expect, test } from '@jest/globals';
import { createHmac, randomBytes } from 'node:crypto';
import { asksNotToBeTracked } from './asks-not-to-be-tracked.ts';
import { classify } from './classify.ts';
import { Countries } from './countries.service.ts';
import { referrerHost } from './referrer-host.ts';
import { Salt } from './salt.ts';
import { siteDay } from './site-day.ts';

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';

describe('who made it', () => {
  test.each([
    [CHROME, { kind: 'person', device: 'desktop', browser: 'Chrome', os: 'Windows' }],
    [IPHONE, { kind: 'person', device: 'mobile', browser: 'Mobile Safari', os: 'iOS' }],
    [
      'Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1 Mobile/15E148 Safari/604.1',
      { kind: 'person', device: 'tablet', os: 'iOS' },
    ],
    [`${IPHONE} [Pinterest/iOS]`, { kind: 'person', device: 'mobile' }],
    ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', { kind: 'bot' }],
    ['curl/8.5.0', { kind: 'bot', device: 'other' }],
    ['Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)', { kind: 'preview' }],
    ['WhatsApp/2.23.20.0', { kind: 'preview' }],
    ['TelegramBot (like TwitterBot)', { kind: 'preview' }],
    ['facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)', { kind: 'preview' }],
    [undefined, { kind: 'bot', device: 'other', browser: null, os: null }],
    ['', { kind: 'bot' }],
  ])('%s', (userAgent, expected) => expect(classify(userAgent, {})).toMatchObject(expected));

  test('a person who fetches ahead has not come yet; a bot stays one', () => {
    expect(classify(CHROME, { 'sec-purpose': 'prefetch;prerender' })).toMatchObject({ kind: 'preview', os: 'Windows' });
    expect(classify(CHROME, { purpose: 'prefetch' }).kind).toBe('preview');
    expect(classify('curl/8.5.0', { purpose: 'prefetch' }).kind).toBe('bot');
    expect(classify(CHROME, {}).kind).toBe('person'); // what is remembered was not changed by it
  });

  test('of a long user agent no more is read, and remembered, than of any other', () => {
    const long = `${CHROME} `.padEnd(8_192, 'x');
    expect(classify(long, {})).toBe(classify(`${long}y`, {}));
  });

  test('who asks not to be tracked', () => {
    expect(asksNotToBeTracked({ dnt: '1' })).toBe(true);
    expect(asksNotToBeTracked({ 'sec-gpc': '1' })).toBe(true);
    expect(asksNotToBeTracked({ dnt: '0', 'sec-gpc': '0' })).toBe(false);
    expect(asksNotToBeTracked({})).toBe(false);
  });
});

test.each([
  ['https://www.News.example/a?token=secret', 'news.example'],
  ['http://news.example:8080', 'news.example'],
  ['https://go.example/s/abc', null],
  ['android-app://com.example.mail/', null],
  ['https://', null],
  [`https://${'a'.repeat(300)}.example/`, null],
  ['httpfoo', null],
  [undefined, null],
])('from %s somebody came from %s', (header, host) => expect(referrerHost(header, ['go.example'])).toBe(host));

describe('countries', () => {
  test('by the file', async () => {
    const countries = new Countries({});
    await countries.onModuleInit();
    expect(['8.8.8.8', '::ffff:8.8.8.8', '2a02:8388::1'].map((address) => countries.of(address))).toEqual([
      'US',
      'US',
      'AT',
    ]);
    expect(['127.0.0.1', '::1', '10.0.0.1', 'nonsense', ''].map((address) => countries.of(address))).toEqual(
      Array(5).fill(null),
    );
    expect(countries.of('8.8.8.8', { 'cf-ipcountry': 'AT' })).toBe('US'); // nobody said that this header can be trusted
  });

  test('by the header of the edge that is configured, and by nothing else', () => {
    const countries = new Countries({ COUNTRY_HEADER: 'cf-ipcountry' });
    expect(countries.of('8.8.8.8', { 'cf-ipcountry': 'AT' })).toBe('AT');
    for (const value of ['XX', 'T1', 'at', 'Austria', '']) expect(countries.of('8.8.8.8', { 'cf-ipcountry': value })).toBeNull(); // prettier-ignore
    expect(countries.of('8.8.8.8')).toBeNull();
  });
});

describe('days', () => {
  const hours = (timeZone: string, at: string) => {
    const { day, beginsAt, endsAt } = siteDay(timeZone, Date.parse(at));
    return [day, (endsAt - beginsAt) / 3_600_000, new Date(beginsAt).toISOString()];
  };

  test.each([
    ['UTC', '2026-11-26T23:59:59.999Z', '2026-11-26', 24, '2026-11-26T00:00:00.000Z'],
    ['UTC', '2026-11-27T00:00:00.000Z', '2026-11-27', 24, '2026-11-27T00:00:00.000Z'],
    ['Europe/Vienna', '2026-03-29T10:00:00Z', '2026-03-29', 23, '2026-03-28T23:00:00.000Z'],
    ['Europe/Vienna', '2026-10-25T22:59:59Z', '2026-10-25', 25, '2026-10-24T22:00:00.000Z'],
    ['Asia/Kathmandu', '2026-11-26T18:15:00Z', '2026-11-27', 24, '2026-11-26T18:15:00.000Z'],
    ['Pacific/Kiritimati', '2026-11-26T10:00:00Z', '2026-11-27', 24, '2026-11-26T10:00:00.000Z'],
    ['Africa/Cairo', '2026-10-29T22:30:00Z', '2026-10-30', 24, '2026-10-29T22:00:00.000Z'],
    ['Africa/Cairo', '2026-10-29T21:30:00Z', '2026-10-29', 25, '2026-10-28T21:00:00.000Z'], // 00:00 became 23:00
  ])('%s at %s', (timeZone, at, day, length, begins) => expect(hours(timeZone, at)).toEqual([day, length, begins]));

  test('there are no others', () => expect(() => siteDay('Mars/Olympus', 0)).toThrow(RangeError));
});

test('the hash is HMAC-SHA-256, shaped as a UUID, and nothing once its salt is destroyed', () => {
  const bytes = randomBytes(32);
  const salt = new Salt(Buffer.from(bytes), 0);
  for (const message of ['', 'a|192.0.2.1|ü', 'x'.repeat(2_048)]) {
    const expected = createHmac('sha256', bytes).update(message).digest('hex').slice(0, 32);
    const [hex, shape] = [salt.hash(message).replaceAll('-', ''), (text: string) => text.slice(0, 12) + text.slice(13, 16) + text.slice(17)]; // prettier-ignore
    expect(shape(hex)).toBe(shape(expected));
    expect(salt.hash(message)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
  expect(salt.hash('x'.repeat(9_000))).toBe(salt.hash('x'.repeat(2_048)));
  salt.destroy();
  expect(salt.isEqual(Buffer.alloc(32))).toBe(true);
  expect(salt.hash('a')).not.toBe(new Salt(bytes, 0).hash('a'));
});
