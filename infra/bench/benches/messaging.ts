import { createServiceDatabase } from '@cairn/backing';
import { migrate } from '@cairn/database/migrate';
import { CreateMessaging1764000000000 } from '@cairn/messaging/schema';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import type { Bench, Figures, Goal, Side } from '../side.ts';

const PROGRAM = path.join(
  path.dirname(fileURLToPath(import.meta.resolve('@cairn/messaging/testing'))),
  'throughput.js',
);
const NAME = 'bench_messaging';

export const messaging: Bench = {
  name: 'messaging',
  question:
    'Events in batches of 100 through outbox and relay to Redis Streams, and from there through the inbox to an effect per event, against bare `XADD`, bare `XREADGROUP` with `XACK`, and bare `INSERT`s of the effects, each in batches of the same size and in one process.',
  async open(system) {
    const { url, ownerUrl } = await createServiceDatabase(system.postgresUrl, NAME);
    await migrate({ type: 'postgres', url: ownerUrl, migrations: [CreateMessaging1764000000000] }, NAME);
    const owner = new pg.Client(ownerUrl);
    await owner.connect();
    await owner.query('CREATE TABLE IF NOT EXISTS effects (key text, n integer)');
    await owner.end();
    const side = (name: string, work: string, isOurs = false): Side => ({
      name,
      isOurs,
      async measure(seconds) {
        const env = { ...process.env, DATABASE_URL: url, REDIS_URL: system.redisUrl, SECONDS: String(seconds) };
        const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, work], { env });
        return JSON.parse(stdout.trim().split('\n').at(-1)!) as Figures;
      },
    });
    return {
      sides: [
        side('outbox and relay', 'publish', true),
        side('XADD', 'xadd'),
        side('consumer with inbox', 'consume', true),
        side('XREADGROUP', 'xread'),
        side('INSERT', 'insert'),
      ],
      goals: [
        reaches('outbox and relay', 5_000),
        reaches('consumer with inbox', 3_000),
        beside('outbox and relay', 'XADD'),
        beside('consumer with inbox', 'INSERT'),
      ],
    };
  },
};

const reaches = (side: string, atLeast: number): Goal => ({
  what: side,
  unit: '/s',
  atLeast,
  value: (round) => round[side]!['events/s']!,
});

const beside = (side: string, other: string): Goal => ({
  what: `${side} ÷ ${other}`,
  unit: '×',
  value: (round) => round[side]!['events/s']! / round[other]!['events/s']!,
});
