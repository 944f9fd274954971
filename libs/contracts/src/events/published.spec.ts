import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { incompatibilities } from './compatibility.ts';
import { events } from './index.ts';
import { publishedEvent, type PublishedEvent } from './json-schema.ts';

const folder = path.resolve(import.meta.dirname, '../../published');
const published = readdirSync(folder)
  .filter((file) => /\.v\d+\.json$/.test(file))
  .map((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as PublishedEvent);

test.each(published.map((event) => [event.title, event] as const))(
  '%s is as it was published, or adds to it',
  (type, event) => {
    const contract = events.find((each) => each.type === type);
    expect(contract ? 'there' : `${type} was published and is gone: whoever has one in a log could not read it`).toBe(
      'there',
    );
    expect(incompatibilities(event, publishedEvent(contract!))).toEqual([]);
  },
);

test('every event is published, and its example is one', () => {
  expect(published.map(({ title }) => title).sort()).toEqual(events.map(({ type }) => type).sort()); // else `npm run generate`
  for (const contract of events) {
    const [example] = publishedEvent(contract).examples as [Record<string, unknown>];
    expect(contract.schema.safeParse(example).error?.issues).toBeUndefined();
    expect(contract.subjectOf(example)).toEqual(expect.any(String));
  }
});
