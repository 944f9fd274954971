import { check } from 'k6';
import { Rate } from 'k6/metrics';
import type { Threshold } from 'k6/options';
import { ask, type Answer } from './api.ts';

/** Of what is read again, the share that has not changed and is not sent again. */
const notModified = new Rate('not_modified');
export const notModifiedThresholds: Record<string, Threshold[]> = { not_modified: ['rate>0.9'] };

/** Reads once more what the client has: 304, or something that is really another. `isStill` when nobody changes it, so that it counts. */
export function readAgain(path: string, name: string, seen: Answer, isStill: boolean): void {
  const headers = { 'if-none-match': seen.etag };
  const answer = ask('GET', path, { name: `${name} again`, kind: 'read', headers, expect: [200, 304] });
  if (!answer.ok) return;
  if (isStill) notModified.add(answer.status === 304);
  check(answer, { 'unchanged is a 304': ({ status, etag }) => status === 304 || etag !== seen.etag });
}
