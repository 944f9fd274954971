import { expect, test } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import { clientAddresses } from './client-address.ts';

const request = (peer: string, forwarded?: string) =>
  ({ socket: { remoteAddress: peer }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage;

test('is what trusted peers say, and only as far as they are; the same the second time', () => {
  const addressOf = clientAddresses(['10.0.0.0/8']);
  for (const _again of [false, true]) {
    expect(addressOf(request('10.0.0.1', '192.0.2.1, 10.0.0.2'))).toBe('192.0.2.1');
    expect(addressOf(request('10.0.0.1', '192.0.2.1, 198.51.100.1'))).toBe('198.51.100.1');
    expect(addressOf(request('192.0.2.9', '192.0.2.1'))).toBe('192.0.2.9');
    expect(addressOf(request('10.0.0.1'))).toBe('10.0.0.1');
  }
  expect(clientAddresses([])(request('127.0.0.1', '192.0.2.1'))).toBe('127.0.0.1');
});
