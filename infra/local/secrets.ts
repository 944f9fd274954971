import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** The random texts of a clone, each made when it is first asked for, kept in a file that only its owner can read. */
export function secretsIn(file: string): (name: string) => string {
  const secrets = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};
  return (name) => {
    const known = secrets[name];
    if (known) return known;
    const made = (secrets[name] = randomBytes(32).toString('base64url'));
    writeFileSync(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
    return made;
  };
}
