import type { CreateLink } from './create-link.dto.ts';

/** What somebody who is not signed in may choose. */
const THEIRS = new Set(['url', 'status', 'expiresAt', 'title']);
const isNothing = (value: unknown) =>
  value === undefined || value === null || value === false || (Array.isArray(value) && value.length === 0);

/** What of it only an owner may choose, field by field; a link that nobody owns ends at the latest then. */
export function objectionsToAnonymous(wanted: CreateLink, latest: Date): { path: string; message: string }[] {
  const others = Object.entries(wanted).filter(([name, value]) => !THEIRS.has(name) && !isNothing(value));
  const found = others.map(([path]) => ({ path, message: 'Only who is signed in may choose this' }));
  if (wanted.expiresAt && wanted.expiresAt > latest)
    found.push({ path: 'expiresAt', message: `At the latest ${latest.toISOString()}` });
  return found;
}
