import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { incompatibilities } from './compatibility.ts';
import { z } from 'zod';
import { CloudEventSchema, events } from './index.ts';
import { publishedEvent, type PublishedEvent } from './json-schema.ts';

/*
 * `generate`: writes `published/<type>.json` for every event, and the envelope of all. What is there is not overwritten by what could not take its place. Only a
 * person can remove one, who knows that no broker and no table has such an event any more.
 */
const folder = path.resolve(import.meta.dirname, '../../published');
mkdirSync(folder, { recursive: true });

const refused = events.flatMap((contract) => {
  const file = path.join(folder, `${contract.type}.json`);
  const current = publishedEvent(contract);
  const reasons = existsSync(file)
    ? incompatibilities(JSON.parse(readFileSync(file, 'utf8')) as PublishedEvent, current)
    : [];
  if (!reasons.length) writeFileSync(file, `${JSON.stringify(current, null, 2)}\n`);
  return reasons;
});
const types = new Set(events.map(({ type }) => `${type}.json`));
const gone = readdirSync(folder).filter((file) => /\.v\d+\.json$/.test(file) && !types.has(file));
for (const file of gone) refused.push(`${path.basename(file, '.json')} was published and is gone.`);
const envelope = { title: 'CloudEvent', ...z.toJSONSchema(CloudEventSchema, { io: 'input' }) };
writeFileSync(path.join(folder, 'cloud-event.json'), `${JSON.stringify(envelope, null, 2)}\n`);
for (const sentence of refused) console.error(sentence);
process.exitCode = refused.length ? 1 : 0;
