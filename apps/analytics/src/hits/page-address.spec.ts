import { expect, test } from '@jest/globals';
import { pageAddress } from './page-address.ts';

test.each([
  ['https://example.org/pricing?session=secret#top', '/pricing'],
  ['https://example.org', '/'],
  ['http://user:password@example.org:8080/a/b', '/a/b'],
  ['https://example.org/users/ada@example.org/settings', '/users/:email/settings'],
  ['https://example.org/users/ada%40example.org', '/users/:email'],
  ['https://example.org/users/ada%2540example.org', '/users/:email'],
  ['https://example.org/reset/d41d8cd98f00b204e9800998ecf8427e', '/reset/:token'],
  ['https://example.org/cart;jsessionid=8AF2E1/items', '/cart/items'],
  ['https://example.org/orders/018f2c3a-9f6e-7c0a-b5d1-2a3b4c5d6e7f', '/orders/:id'],
  ['https://example.org/caf%C3%A9/%zz', '/caf%C3%A9/%zz'],
])('of %s the path %s is kept', (address, path) => expect(pageAddress(address)?.path).toBe(path));

test.each(['javascript:alert(1)', 'file:///etc/passwd', '/pricing', '', 'https://', 'ftp://example.org/x'])(
  '%s is no page of the web',
  (address) => expect(pageAddress(address)).toBeUndefined(),
);

test('of the query only utm_* is kept, clean and bounded', () => {
  const query = new URLSearchParams({ utm_source: ' letter ', utm_medium: 'a\u0000b', utm_campaign: 'x'.repeat(300), utm_term: 'to ada@example.org', utm_content: '', id: '7' }); // prettier-ignore
  expect(pageAddress(`https://example.org/?${query}`)?.utm).toEqual({
    source: 'letter',
    medium: 'a b',
    campaign: 'x'.repeat(255),
    term: 'to :email',
    content: null,
  });
});
