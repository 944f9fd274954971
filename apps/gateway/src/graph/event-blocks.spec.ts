import { expect, test } from '@jest/globals';
import { eventsIn } from './event-blocks.ts';

async function read(...pieces: (string | Buffer)[]) {
  const events = [];
  const stream = (async function* () {
    for (const piece of pieces) yield Buffer.from(piece as string);
  })();
  for await (const event of eventsIn(stream)) events.push(event);
  return events;
}

test('an event is whole however it is cut into pieces, and comments are left out', async () => {
  const text = Buffer.from(': there\n\nevent: next\ndata: {"a":"é"}\n\nevent: complete\ndata: \n\n');
  const events = [
    { event: 'next', data: '{"a":"é"}' },
    { event: 'complete', data: '' },
  ];
  for (let at = 0; at <= text.length; at++) expect(await read(text.subarray(0, at), text.subarray(at))).toEqual(events);
});

test.each(['\u2028', '\u2029', '\u0085', '\v', '\f'])('%j is text, not the end of a line', async (character) => {
  expect(await read(`event: next\ndata: a${character}b\n\n`)).toEqual([{ event: 'next', data: `a${character}b` }]);
});

test('data of several lines are one text of several lines', async () => {
  expect(await read('event: next\ndata: one\ndata: two\n\n')).toEqual([{ event: 'next', data: 'one\ntwo' }]);
});
