import { requestContext } from '@cairn/observability';
import { expect, test } from '@jest/globals';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { TooManyReports } from './report.errors.ts';
import { AT_ONCE_EACH, ReportTurns, WAITING_EACH } from './report-turns.service.ts';

function asking() {
  const turns = new ReportTurns();
  const underWay: { userId: string; end: () => void }[] = [];
  const ask = (userId: string) =>
    requestContext.run({ requestId: 'r', traceId: 't', spanId: 's', flags: '01', userId } as never, () =>
      turns.take(() => new Promise<string>((resolve) => underWay.push({ userId, end: () => resolve(userId) }))),
    );
  const running = async () => {
    await turnOfTheLoop();
    return underWay.map(({ userId }) => userId);
  };
  return { turns, underWay, ask, running };
}

test('an account has three at once, some more wait, and the rest comes again; others do not wait for it', async () => {
  const { turns, underWay, ask, running } = asking();
  const asked = Array.from({ length: AT_ONCE_EACH + WAITING_EACH }, () => ask('ada'));
  expect(await running()).toEqual(['ada', 'ada', 'ada']);
  const refused = await ask('ada').catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(TooManyReports);
  expect(refused).toMatchObject({ retryAfter: 2, problem: { kind: 'too-many' } });
  asked.push(ask('bob'));
  expect(await running()).toEqual(['ada', 'ada', 'ada', 'bob']);
  for (let left = asked.length; left > 0; left--) {
    underWay.pop()!.end();
    await running();
  }
  expect(await Promise.all(asked)).toHaveLength(AT_ONCE_EACH + WAITING_EACH + 1);
  expect(turns).toMatchObject({ accounts: new Map() });
});

test('an instance has eight at once, of whomever', async () => {
  const { underWay, ask, running } = asking();
  const asked = ['ada', 'bob', 'eve', 'mel'].flatMap((account) => [ask(account), ask(account), ask(account)]);
  expect(await running()).toHaveLength(8);
  underWay.pop()!.end();
  expect(await running()).toHaveLength(8);
  while ((await running()).length) underWay.pop()!.end();
  await Promise.all(asked);
});

test('what fails gives its turn back', async () => {
  const { turns } = asking();
  for (let turn = 0; turn < 2 * (AT_ONCE_EACH + WAITING_EACH); turn++)
    await expect(turns.take(() => Promise.reject(new RangeError('mine')))).rejects.toThrow(RangeError);
  expect(turns).toMatchObject({ accounts: new Map() });
});
