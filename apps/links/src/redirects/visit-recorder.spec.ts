import { expect, jest, test } from '@jest/globals';
import type { LinkVisit } from '@cairn/contracts/events';
import type { Facts } from '@cairn/messaging';
import { Logger } from '@nestjs/common';
import { setImmediate as turn } from 'node:timers/promises';
import { VisitRecorder } from './visit-recorder.service.ts';

const aVisit = {} as LinkVisit; // it looks at none

/** What goes to the broker, and what the broker says. */
function recorder(answer: () => Promise<void> = () => Promise.resolve()) {
  const events: (readonly LinkVisit[])[] = [];
  const facts = {
    appendFact: (_contract: unknown, { visits }: { visits: readonly LinkVisit[] }) => (events.push(visits), answer()),
  };
  return { recorder: new VisitRecorder(facts as unknown as Facts), events };
}

test('nobody is sent on before the broker has the visit', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { recorder: visits, events } = recorder(() => promise);
  let sentOn = false;
  const recorded = visits.record(aVisit).then(() => (sentOn = true));
  await turn();
  await turn();
  expect([events.length, sentOn]).toEqual([1, false]);
  resolve();
  await recorded;
});

test('the visits of one turn of the event loop are one event, up to 500', async () => {
  const { recorder: visits, events } = recorder();
  await Promise.all(Array.from({ length: 1_001 }, () => visits.record(aVisit)));
  await visits.record(aVisit);
  expect(events.map(({ length }) => length)).toEqual([500, 500, 1, 1]);
});

test('what comes while the visits before are under way is one event, which goes when the broker has those', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { recorder: visits, events } = recorder(() => promise);
  const recorded = [visits.record(aVisit)];
  for (let turns = 0; turns < 3; turns++) {
    await turn();
    recorded.push(visits.record(aVisit), visits.record(aVisit));
  }
  await turn();
  expect(events.map(({ length }) => length)).toEqual([1]);
  resolve();
  await Promise.all(recorded);
  expect(events.map(({ length }) => length)).toEqual([1, 6]);
});

test('whose visit nobody takes is sent on all the same; that is said once, until it is over', async () => {
  const told = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
  let isAway = true;
  const { recorder: visits } = recorder(() => (isAway ? Promise.reject(new Error('away')) : Promise.resolve()));
  for (let n = 0; n < 3; n++) await visits.record(aVisit);
  expect(told).toHaveBeenCalledTimes(1);
  isAway = false;
  await visits.record(aVisit);
  isAway = true;
  await visits.record(aVisit);
  expect(told).toHaveBeenCalledTimes(2);
  told.mockRestore();
});
