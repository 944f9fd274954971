import { Transactions } from '@cairn/database';
import { eventually, startService, type RunningService, type Someone } from '@cairn/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { LIST } from '../src/dead-letters/dead-letters.repository.ts';
import { lockDue, noteFailure } from '../src/dead-letters/parked-events.ts';
import { ForgetHandledJob } from '../src/consumer/forget-handled.job.ts';
import { ParkedEventsGaugeJob } from '../src/dead-letters/parked-events-gauge.job.ts';
import { Outbox } from '../src/index.ts';
import { stepsOf, thingBent, thingMoved, things, thingsService } from './things.factory.ts';

const PATH = '/api/v1/operations/things/dead-letters';
let service: RunningService;
let admin: Someone;
let database: DataSource;
let transactions: Transactions;

beforeAll(async () => {
  service = await startService(thingsService);
  admin = await service.someone('admin');
  database = service.app.get(DataSource);
  transactions = service.app.get(Transactions);
});
afterAll(() => service.stop());
beforeEach(async () => {
  things.handled.length = 0;
  things.broken.clear();
  await database.query('DELETE FROM parked_events');
});

/** Steps of one thing, in order, in one transaction. */
const happen = (thingId: string, steps: readonly number[], contract = thingMoved) =>
  transactions.run(async (tx) => {
    for (const step of steps) await service.app.get(Outbox).publish(tx, contract, { thingId, step });
  });
const parked = (thingId: string): Promise<{ id: string; state: string; event_id: string }[]> =>
  database.query('SELECT position::text AS id, state, event_id FROM parked_events WHERE key = $1 ORDER BY position', [
    thingId,
  ]);
/** A thing whose first step is dead and whose others wait. Answers the id of the dead letter. */
async function dead(steps: readonly number[] = [1, 2, 3], contract = thingMoved, thingId = randomUUID()) {
  things.broken.add(`${thingId}/${steps[0]}`);
  await happen(thingId, steps, contract);
  const rows = await eventually(async () => {
    const found = await parked(thingId);
    expect(found.map(({ state }) => state)).toEqual(['dead', ...steps.slice(1).map(() => 'waiting')]);
    return found;
  });
  return { thingId, id: rows[0]!.id, eventId: rows[0]!.event_id, waiting: rows.slice(1) };
}
const list = async (query = '') => (await service.get(PATH + query, { as: admin })).body;
const post = (path: string, body?: object) => service.post(`${PATH}/${path}`, { as: admin, body });

describe('looking', () => {
  test('a page of them, the oldest first, each with what waits behind it; what waits is in no list', async () => {
    const [one, two, three] = [await dead([1, 2, 3]), await dead([1]), await dead([1, 2], thingBent)];
    const first = await list('?limit=2');
    expect(first.items).toEqual([
      {
        id: one.id,
        eventId: one.eventId,
        group: 'things',
        type: thingMoved.type,
        topic: 'things',
        key: one.thingId,
        state: 'dead',
        reason: 'It is broken',
        attempts: 1,
        parkedAt: expect.stringMatching(/Z$/),
        failedAt: expect.stringMatching(/Z$/),
        waiting: 2,
      },
      expect.objectContaining({ id: two.id, waiting: 0 }),
    ]);
    const second = await list(`?limit=2&cursor=${first.nextCursor}`);
    expect(second).toEqual({ items: [expect.objectContaining({ id: three.id, waiting: 1 })], nextCursor: null });
    const ids = async (query: string) => (await list(query)).items.map(({ id }: { id: string }) => id);
    expect(await ids(`?type=${thingBent.type}`)).toEqual([three.id]);
    expect(await ids(`?key=${two.thingId}`)).toEqual([two.id]);
    expect(await ids('?group=others')).toEqual([]);
    expect(await ids('?group=things')).toHaveLength(3);
  });

  test('one of them, with the record as it came, its headers, and the stack', async () => {
    const { id, eventId } = await dead();
    const { body } = await service.get(`${PATH}/${id}`, { as: admin });
    expect(JSON.parse(body.record)).toMatchObject({ id: eventId, type: thingMoved.type, data: { step: 1 } });
    expect(body).toMatchObject({ state: 'dead', waiting: 2, attempts: 1, retryAt: null });
    expect(body.headers['content-type']).toContain('application/cloudevents+json');
    expect(body.stack).toMatch(/^CannotBeHandled: It is broken\n\s+at /);
    expect(body.position).toMatch(/^things\/\d+\/\d+$/);
  });

  test('nobody but admins; clear words for what is not there or wrong', async () => {
    const { id } = await dead([1]);
    for (const someone of [undefined, await service.someone('author', 'moderator')]) {
      const as = someone && { as: someone };
      const asked = [
        service.get(PATH, as),
        service.get(`${PATH}/${id}`, as),
        service.post(`${PATH}/${id}/replay`, as),
        service.delete(`${PATH}/${id}`, as),
        service.post(`${PATH}/replay`, { ...as, body: { all: true } }),
        service.post(`${PATH}/discard`, { ...as, body: { all: true } }),
      ];
      for (const { status } of await Promise.all(asked)) expect(status).toBe(someone ? 403 : 401);
    }
    expect(await parked((await list()).items[0].key)).toMatchObject([{ state: 'dead' }]);
    for (const path of [
      `${PATH}/x`,
      `${PATH}/9999999999999999999`,
      `${PATH}?cursor=x`,
      `${PATH}?limit=0`,
      `${PATH}?key=%00`,
    ])
      expect((await service.get(path, { as: admin })).status).toBe(400);
    expect((await service.get(`${PATH}/999999999`, { as: admin })).body).toMatchObject({
      status: 404,
      code: 'messaging.dead-letter-not-found',
    });
    for (const body of [{}, { ids: [] }, { ids: [id], all: true }, { all: false }, { older: 1 }])
      expect((await post('discard', body)).status).toBe(400);
    expect((await post('replay', { ids: ['x'] })).body.errors).toMatchObject([{ path: 'ids.0' }]);
  });

  test('the list is read from the index of the dead, however many wait', async () => {
    await database.query(
      `INSERT INTO parked_events (consumer_group, event_id, topic, key, headers, value, origin, state, attempts)
       SELECT 'things', 'e' || n, 'things', 'k' || n % 50, '{}', '', '', CASE WHEN n % 20 = 0 THEN 'dead' ELSE 'waiting' END, 0
       FROM generate_series(0, 20000) n`,
    );
    await database.query('ANALYZE parked_events');
    const rows = await database.query(`EXPLAIN ${LIST.text}`, [null, null, null, null, '0', 21]);
    const plan = rows.map((row: object) => Object.values(row)[0]).join('\n');
    expect(plan).toMatch(/Index Scan (using|on) parked_events_dead/);
    expect(plan).toMatch(/using parked_events_in_order on parked_events behind/);
    expect(plan).not.toMatch('Seq Scan');
  });
});

describe('replaying', () => {
  test('it keeps its id and its place: what waited comes after it, in order, once', async () => {
    const { id, thingId, eventId, waiting } = await dead();
    things.broken.clear();
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(`${id}/replay`)));
    expect(answers.filter(({ status }) => ![200, 404].includes(status))).toEqual([]); // 404: handled meanwhile
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    await eventually(() => expect(stepsOf(thingId)).toEqual([1, 2, 3]));
    expect(things.handled.map((event) => event.id)).toEqual([eventId, ...waiting.map(({ event_id }) => event_id)]);
    await eventually(async () => expect(await parked(thingId)).toEqual([]));
    expect((await post(`${id}/replay`)).body.code).toBe('messaging.dead-letter-not-found');
  });

  test('what is still broken is dead again, with its attempts counted anew, and keeps the others waiting', async () => {
    const { id, thingId } = await dead();
    await database.query('UPDATE parked_events SET attempts = 5 WHERE position = $1', [id]);
    expect((await post(`${id}/replay`)).status).toBe(200);
    await eventually(async () =>
      expect((await list()).items).toMatchObject([{ id, state: 'dead', attempts: 1, waiting: 2 }]),
    );
    expect(stepsOf(thingId)).toEqual([]);
  });

  test('what waits has not failed, and what is being tried again is left to that', async () => {
    const { id, waiting } = await dead();
    expect((await post(`${waiting[0]!.id}/replay`)).body).toMatchObject({
      status: 409,
      code: 'messaging.waits-behind-another',
    });
    await database.query(
      `UPDATE parked_events SET state = 'retrying', attempts = 2, retry_at = now() + interval '1 hour' WHERE position = $1`,
      [id],
    );
    expect((await post(`${id}/replay`)).body).toMatchObject({ state: 'retrying', attempts: 2 });
  });

  test('a failure that is noted late is of the try before, not of the replay', async () => {
    const { id } = await dead([1]);
    await database.query(
      `UPDATE parked_events SET state = 'retrying', consumer_group = 'nobody', retry_at = now() WHERE position = $1`,
      [id],
    );
    const seen = await transactions.run((tx) => lockDue(tx, 'nobody'));
    const failure = { error: new Error('late'), attempts: 1, retryInMs: undefined };
    await transactions.run((tx) => noteFailure(tx, seen!, failure)); // by one instance …
    expect(await list()).toMatchObject({ items: [{ id, reason: 'late' }] });
    await post(`${id}/replay`);
    await transactions.run((tx) => noteFailure(tx, seen!, failure)); // … and by another that had it too
    const { body } = await service.get(`${PATH}/${id}`, { as: admin });
    expect(body).toMatchObject({ state: 'retrying', attempts: 0 });
  });

  test('many: by ids, by what they have in common, or all', async () => {
    const [one, two, three] = [await dead([1]), await dead([1], thingBent), await dead([1])];
    things.broken.clear();
    expect((await post('replay', { ids: [one.id, '999999999'] })).body).toEqual({
      done: 1,
      skipped: ['999999999'],
      remaining: 0,
    });
    await eventually(() => expect(stepsOf(one.thingId)).toEqual([1]));
    expect((await post('replay', { type: thingBent.type })).body).toMatchObject({ done: 1 });
    await eventually(() => expect(stepsOf(two.thingId)).toEqual([1]));
    expect(stepsOf(three.thingId)).toEqual([]);
    expect((await post('replay', { all: true })).body).toMatchObject({ done: 1 });
    await eventually(() => expect(stepsOf(three.thingId)).toEqual([1]));
  });
});

describe('discarding', () => {
  test('the next of its key goes on; a second time there is nothing to discard', async () => {
    const { id, thingId } = await dead();
    expect((await service.delete(`${PATH}/${id}`, { as: admin })).status).toBe(204);
    await eventually(() => expect(stepsOf(thingId)).toEqual([2, 3]));
    expect((await service.delete(`${PATH}/${id}`, { as: admin })).body.code).toBe('messaging.dead-letter-not-found');
    await happen(thingId, [4]);
    await eventually(() => expect(stepsOf(thingId)).toEqual([2, 3, 4]));
  });

  test('what waits, and what is being tried again, cannot be', async () => {
    const { id, waiting } = await dead();
    const discard = async (which: string) => (await service.delete(`${PATH}/${which}`, { as: admin })).body;
    expect(await discard(waiting[0]!.id)).toMatchObject({ status: 409, code: 'messaging.waits-behind-another' });
    await database.query(
      `UPDATE parked_events SET state = 'retrying', retry_at = now() + interval '1 hour' WHERE position = $1`,
      [id],
    );
    expect(await discard(id)).toMatchObject({ status: 409, code: 'messaging.not-dead-yet' });
    expect((await post('discard', { ids: [id] })).body).toEqual({ done: 0, skipped: [id], remaining: 0 });
  });

  test('while others replay the same ones: each letter has one end, and nothing is left or done twice', async () => {
    const letters = await Promise.all(Array.from({ length: 10 }, () => dead([1, 2])));
    things.broken.clear();
    const operators = letters.flatMap(({ id }) => [
      post(`${id}/replay`),
      service.delete(`${PATH}/${id}`, { as: admin }),
    ]);
    const answers = await Promise.all([...operators, post('discard', { all: true }), post('replay', { all: true }), post('discard', { all: true })]); // prettier-ignore
    expect(answers.map(({ status }) => status).filter((status) => ![200, 204, 404, 409].includes(status))).toEqual([]);
    await eventually(async () => expect(await database.query('SELECT FROM parked_events')).toEqual([]));
    const discarded = answers.slice(0, 20).filter(({ status }) => status === 204).length + answers.slice(20).reduce((sum, { body }, at) => sum + (at === 1 ? 0 : body.done), 0); // prettier-ignore
    const done = letters.map(({ thingId }) => stepsOf(thingId));
    for (const steps of done) expect([[1, 2], [2]]).toContainEqual(steps);
    expect(done.filter((steps) => steps.length === 1)).toHaveLength(discarded);
  });
});

test('operators see how many there are, by group', async () => {
  const job = service.app.get(ParkedEventsGaugeJob);
  const figures = () => [job.dead, job.parked];
  const { id } = await dead();
  await job.run();
  expect(figures()).toEqual([{ things: 1 }, { things: 3 }]);
  await service.delete(`${PATH}/${id}`, { as: admin });
  await eventually(async () => expect(await database.query('SELECT FROM parked_events')).toEqual([]));
  await job.run();
  expect(figures()).toEqual([{ things: 0 }, { things: 0 }]);
});

test('the inbox forgets what was handled long ago, and nothing that is parked', async () => {
  const { id, thingId, eventId, waiting } = await dead([1, 2]);
  await database.query(
    `INSERT INTO inbox SELECT 'things', 'old' || n, now() - interval '8 days' FROM generate_series(1, 12000) n`,
  );
  await database.query(`INSERT INTO inbox VALUES ('things', 'young', now() - interval '6 days')`);
  await database.query(`UPDATE inbox SET handled_at = now() - interval '8 days' WHERE event_id = ANY($1)`, [
    [eventId, waiting[0]!.event_id],
  ]);
  const job = service.app.get(ForgetHandledJob);
  const remembered = async () =>
    (await database.query('SELECT event_id FROM inbox')).map((row: { event_id: string }) => row.event_id);
  await Promise.all([job.run(new AbortController().signal), job.run(new AbortController().signal)]);
  expect(await remembered()).toEqual(expect.arrayContaining(['young', eventId, waiting[0]!.event_id]));
  expect((await remembered()).filter((each: string) => each.startsWith('old'))).toEqual([]);
  things.broken.clear();
  await post(`${id}/replay`);
  await eventually(() => expect(stepsOf(thingId)).toEqual([1, 2]));
  await eventually(async () => expect(await parked(thingId)).toEqual([]));
  await job.run(new AbortController().signal);
  expect(await remembered()).toEqual(expect.arrayContaining([eventId, waiting[0]!.event_id])); // from when it was done with
});
