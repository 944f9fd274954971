import { expect, test } from '@jest/globals';
import { answerType, JSON_TYPE, RESPONSE_TYPE, takesEvents, wantsPage } from './media-type.ts';

test.each([
  [undefined, JSON_TYPE],
  ['*/*', JSON_TYPE],
  ['application/*', JSON_TYPE],
  [RESPONSE_TYPE, RESPONSE_TYPE],
  [`${RESPONSE_TYPE}; charset=utf-8, ${JSON_TYPE};q=0.9`, RESPONSE_TYPE],
  [`${RESPONSE_TYPE};q=0.5, ${JSON_TYPE}`, JSON_TYPE],
  [`${JSON_TYPE};q=0, */*`, RESPONSE_TYPE],
  ['Application/JSON', JSON_TYPE],
  ['image/png', undefined],
  [`${JSON_TYPE};q=x`, undefined],
  ['', undefined],
])('%s is answered as %s', (accept, type) => expect(answerType(accept)).toBe(type));

test.each([
  ['text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8', true],
  ['text/html', true],
  ['*/*', false],
  [undefined, false],
  ['application/json, text/html', false],
])('%s wants a page: %s', (accept, page) => expect(wantsPage(accept)).toBe(page));

test.each([
  ['text/event-stream', true, 'text/event-stream'],
  ['application/json, Text/Event-Stream', true, JSON_TYPE],
  ['text/event-stream;q=0, application/json', false, JSON_TYPE],
  ['*/*', false, JSON_TYPE],
  [undefined, false, JSON_TYPE],
])('%s takes events: %s; otherwise %s', (accept, takes, type) => {
  expect([takesEvents(accept), answerType(accept)]).toEqual([takes, type]);
});
