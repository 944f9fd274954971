import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { workspace } from './workspace.ts';

/*
 * `npm run compose:env`: a `.env` for Compose from .env.example, with a random text for whatever is empty there. One that is there is
 * kept, and gets what it lacks: databases know the passwords that they were made with.
 */
const file = path.resolve(process.argv[2] ?? path.join(workspace, '.env'));
const settings = (text: string) =>
  new Map([...text.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name!, value!]));

let existing = '';
try {
  existing = readFileSync(file, 'utf8');
} catch (error) {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
const example = readFileSync(path.join(workspace, '.env.example'), 'utf8');
const [kept, wanted] = [settings(existing), settings(example)];
const made = (value: string) => value || randomBytes(24).toString('base64url');

if (!existing) {
  writeFileSync(
    file,
    example.replace(/^([A-Z_]+)=$/gm, (_line, name: string) => `${name}=${made('')}`),
    { mode: 0o600 },
  );
  console.log(`${path.relative(process.cwd(), file)} is written: keep it, the databases will know its passwords.`);
} else {
  // The account of the first admin is the person's to leave out.
  const lacking = [...wanted].filter(([name, value]) => !kept.get(name) && !value && !name.startsWith('FIRST_ADMIN_'));
  const withoutEmpty = lacking.reduce((text, [name]) => text.replace(new RegExp(`^${name}=\\n?`, 'm'), ''), existing);
  if (lacking.length)
    writeFileSync(file, `${withoutEmpty.trimEnd()}\n${lacking.map(([name]) => `${name}=${made('')}\n`).join('')}`);
  console.log(lacking.length ? `Added: ${lacking.map(([name]) => name).join(', ')}.` : 'Nothing is missing.');
}
chmodSync(file, 0o600); // also one that was made by hand
