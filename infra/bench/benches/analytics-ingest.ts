import { workspace } from '@cairn/local/workspace';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { ratio, type Bench, type Figures, type Side } from '../side.ts';

const PROGRAM = path.join(workspace, 'infra/bench/sides/ingest.ts');

export const analyticsIngest: Bench = {
  name: 'analytics-ingest',
  question:
    'Hits from ten events of 500 in one transaction into the tables of analytics (each once, by its id; what has changed is noted), against a bare `COPY` of the same rows into a table with the same index, by one connection and formatted in the same process.',
  async open(system) {
    const { url, ownerUrl } = system.database('analytics');
    const siteId = randomUUID();
    const owner = new pg.Client(ownerUrl);
    await owner.connect();
    await owner.query('CREATE TABLE IF NOT EXISTS hits_copied (LIKE hits INCLUDING ALL)');
    await owner.query(`INSERT INTO sites (id, kind, name, key) VALUES ($1, 'web', 'Bench', $2)`, [siteId, siteId]);
    system.afterwards(() => owner.end());
    const side = (name: string, work: string, isOurs = false): Side => ({
      name,
      isOurs,
      async measure(seconds) {
        await owner.query('TRUNCATE hits_copied, hits, known_hits, changed_hours');
        const env = { ...process.env, DATABASE_URL: url, SITE_ID: siteId, SECONDS: String(seconds) };
        const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, work], { env });
        return JSON.parse(stdout.trim().split('\n').at(-1)!) as Figures;
      },
    });
    return {
      sides: [side('hits stored', 'store', true), side('COPY', 'copy')],
      goals: [
        { what: 'hits stored ÷ COPY', unit: '×', atLeast: 0.3, value: ratio('rows/s', 'hits stored', 'COPY') },
        {
          what: 'hits stored ÷ COPY, by core',
          unit: '×',
          atLeast: 0.3,
          value: ratio('rows/core s', 'hits stored', 'COPY'),
        },
      ],
    };
  },
};
