import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrokerRecord } from '../broker/broker.ts';
import { SpoolIsFull } from '../messaging.errors.ts';
import { decode, encode } from './segment.ts';
import { Spool } from './spool.ts';

let shared: string;
let spools: Spool[] = [];
beforeEach(async () => {
  shared = await mkdtemp(path.join(tmpdir(), 'spool-'));
});
afterEach(async () => {
  await Promise.all(spools.map((each) => each.close()));
  spools = [];
  await rm(shared, { recursive: true });
});

async function spool(maxBytes = 1e6): Promise<Spool> {
  const opened = new Spool(shared, maxBytes);
  spools.push(opened);
  await opened.open();
  return opened;
}
const record = (n: number, value = String(n)): BrokerRecord => ({ topic: 't', key: `k${n}`, headers: {}, value });
const records = (count: number) => Array.from({ length: count }, (_, n) => record(n));
/** Takes all that is there, as a drainer does. */
async function drained(from: Spool): Promise<string[]> {
  const values: string[] = [];
  for (let segment; (segment = await from.first());) {
    values.push(...segment.records.map(({ value }) => value));
    await from.remove(segment.name);
  }
  return values;
}
/** As the last sign of life of a process that was killed. */
const dieLongAgo = (dead: Spool) => utimes(dead.folder, 0, 0);

test('what was added in one turn is one write, and comes back in order, whatever is in it', async () => {
  const own = await spool();
  const all = [...records(100), record(100, 'Zoë\n"1" \u0000 💥')];
  await Promise.all(all.map((each) => own.append(each)));
  const [name] = await readdir(own.folder);
  expect(own.size).toBe((await stat(path.join(own.folder, name!))).size);
  expect(own.oldest).toBeLessThanOrEqual(Date.now());
  const segment = await own.first();
  expect(segment).toMatchObject({ records: all, tornBytes: 0 });
  await own.append(record(101)); // not into the one that is being read
  await own.remove(segment!.name);
  expect(await drained(own)).toEqual(['101']);
  expect([own.size, own.oldest, await readdir(own.folder)]).toEqual([0, undefined, []]);
});

test('a record of which only a part was written is cut off, wherever it was cut', () => {
  const [whole, last] = [Buffer.concat(records(3).map(encode)), encode(record(3))];
  for (let length = 0; length < last.length; length++) {
    const { records: found, tornBytes } = decode(Buffer.concat([whole, last.subarray(0, length)]));
    expect([found.length, tornBytes]).toEqual([3, length]);
  }
  const damaged = Buffer.concat([whole, last]);
  damaged[damaged.length - 1]! ^= 1;
  expect(decode(damaged)).toMatchObject({ records: records(3), tornBytes: last.length });
  expect(decode(Buffer.concat([whole, Buffer.alloc(64)])).records).toHaveLength(3); // zeros, as after a loss of power
});

test('a bit that flips costs one record, and none behind it, wherever it flips', () => {
  const all = records(3);
  const [first, second, third] = all.map(encode) as [Buffer, Buffer, Buffer];
  for (let bit = 0; bit < second.length * 8; bit++) {
    const damaged = Buffer.concat([first, second, third]);
    damaged[first.length + (bit >> 3)]! ^= 1 << (bit & 7);
    expect(decode(damaged)).toEqual({ records: [all[0], all[2]], tornBytes: second.length });
  }
});

test('what is torn is kept to be looked into, the last ones, and fills nothing', async () => {
  const own = await spool();
  for (let n = 0; n < 12; n++) {
    await own.append(record(n));
    const { name } = (await own.first())!;
    const aside = await own.setAside(name, 3);
    expect([path.dirname(aside), path.extname(aside)]).toEqual([shared, '.torn']);
    expect(decode(await readFile(aside)).records).toEqual([record(n)]);
  }
  expect([own.size, own.tornBytes, await own.first()]).toEqual([0, 36, undefined]);
  const kept = (await readdir(shared)).filter((name) => name.endsWith('.torn'));
  expect(kept).toHaveLength(10);
  const next = await spool();
  await next.adopt();
  expect(await next.first()).toBeUndefined();
});

test('beyond its bound nothing is taken, until something has been sent', async () => {
  const own = await spool(10_000);
  const outcomes = await Promise.allSettled(
    records(50).map(({ key }) => own.append({ ...record(0, 'x'.repeat(900)), key })),
  );
  const taken = outcomes.filter(({ status }) => status === 'fulfilled').length;
  expect(taken).toBe(10);
  expect(outcomes.findLast(({ status }) => status === 'rejected')).toMatchObject({ reason: expect.any(SpoolIsFull) });
  expect(own.size).toBeLessThanOrEqual(10_000);
  expect(await drained(own)).toHaveLength(taken);
  await own.append(record(1));
});

test('what the disk refuses is refused, and leaves nothing behind', async () => {
  const own = await spool();
  await own.append(record(0));
  await drained(own);
  await rm(own.folder, { recursive: true });
  await writeFile(own.folder, ''); // no folder any more, and none can be made
  await expect(own.append(record(1))).rejects.toBeInstanceOf(SpoolIsFull);
  expect(own.size).toBe(0);
  await rm(own.folder);
  await own.append(record(2));
  expect(await drained(own)).toEqual(['2']);
});

test('what dead processes left goes to one of those that live, oldest first; who lives keeps its own', async () => {
  const [dead, deader, living] = [await spool(), await spool(), await spool()];
  await deader.append(record(1));
  await deader.first(); // closed, so that the next is a younger segment
  await dead.append(record(2));
  await living.append(record(3));
  await Promise.all([dieLongAgo(dead), dieLongAgo(deader)]);
  const heirs = [await spool(), await spool(), await spool()];
  await Promise.all(heirs.map((each) => each.adopt()));
  const got = await Promise.all(heirs.map(drained));
  expect(got.flat().toSorted()).toEqual(['1', '2']);
  for (const each of got) expect(each).toEqual(each.toSorted());
  expect(await readdir(shared)).not.toContain(path.basename(dead.folder));
  expect(await drained(living)).toEqual(['3']);
});

test('who was only frozen writes again what the heir may not have seen', async () => {
  const [frozen, heir] = [await spool(), await spool()];
  await frozen.append(record(1));
  await dieLongAgo(frozen);
  await heir.adopt(); // takes the open segment: what is written into it from now on is nowhere
  await Promise.all([frozen.append(record(2)), frozen.append(record(3))]);
  expect(await drained(frozen)).toEqual(['2', '3']);
  expect((await drained(heir)).slice(0, 1)).toEqual(['1']);
});

test('who was taken for dead, and has lost its folder, takes over as everybody does', async () => {
  const [frozen, dead] = [await spool(), await spool()];
  await dead.append(record(1));
  await Promise.all([dieLongAgo(frozen), dieLongAgo(dead)]);
  await rm(frozen.folder, { recursive: true }); // an heir found nothing in it
  await frozen.adopt();
  expect(await drained(frozen)).toEqual(['1']);
});

test('a segment that an heir took while we were about to read it is the heir’s', async () => {
  const [frozen, heir] = [await spool(), await spool()];
  await frozen.append(record(1));
  await frozen.first();
  await dieLongAgo(frozen);
  await heir.adopt();
  expect(await frozen.first()).toBeUndefined();
  expect(frozen.size).toBe(0);
  expect(await drained(heir)).toEqual(['1']);
});

test('who ends in order leaves the rest to the next, at once, and no empty folder', async () => {
  const [one, empty] = [await spool(), await spool()];
  await one.append(record(1));
  await Promise.all([one.close(), empty.close()]);
  expect(await readdir(shared)).toEqual([path.basename(one.folder)]);
  const next = await spool();
  await next.adopt();
  expect(await drained(next)).toEqual(['1']);
});

test('what stands in the folder and is no segment is left alone', async () => {
  await mkdir(path.join(shared, 'notes'));
  await writeFile(path.join(shared, 'notes', 'a.txt'), 'a');
  await utimes(path.join(shared, 'notes'), 0, 0);
  const own = await spool();
  await own.adopt();
  expect(await own.first()).toBeUndefined();
  expect(await readFile(path.join(shared, 'notes', 'a.txt'), 'utf8')).toBe('a');
});
