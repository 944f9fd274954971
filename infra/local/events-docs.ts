import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { asyncApi } from './async-api.ts';
import { problemsOf, readCatalogue } from './event-catalogue.ts';
import { eventPages } from './event-pages.ts';
import { workspace } from './workspace.ts';

/* Writes docs/events: a page per event and the AsyncAPI document. After `generate` of the contracts and of the services. */
const catalogue = readCatalogue(workspace);
const problems = problemsOf(catalogue);
for (const sentence of problems) console.error(sentence);
process.exitCode = problems.length ? 1 : 0;

const folder = path.join(workspace, 'docs/events');
mkdirSync(folder, { recursive: true });
const pages = eventPages(catalogue);
for (const file of globSync('*.md', { cwd: folder })) if (!pages.has(file)) rmSync(path.join(folder, file));
for (const [file, text] of pages) writeFileSync(path.join(folder, file), text);
writeFileSync(path.join(folder, 'asyncapi.json'), `${JSON.stringify(asyncApi(catalogue), null, 2)}\n`);
