import { askAside } from '../lib/api.ts';
import { newPeople, newRun, tokenAside, type Person } from '../lib/people.ts';
import { everyItem } from '../lib/pages.ts';

const QUIET_LINKS = 8;

export interface Link {
  readonly code: string;
  readonly url: string;
}

export interface PinBoard {
  readonly run: string;
  readonly owner: Person;
  /** The one that everybody passes on. */
  readonly viral: Link;
  readonly quiet: readonly Link[];
}

/** Links to visit, made through the public API. @throws what ends the test when they cannot be made */
export function newPinBoard(): PinBoard {
  const run = newRun();
  const [owner] = newPeople(run, 1) as [Person];
  const [viral, ...quiet] = Array.from({ length: QUIET_LINKS + 1 }, (_, n) => {
    const body = { url: `https://example.org/${run}/${n}`, tags: [run] };
    const headers = { 'idempotency-key': `${run}-link-${n}` };
    const ask = { name: 'prepare link', token: owner.token, headers, body, expect: [201] };
    return askAside('POST', '/api/v1/links', ask).json<Link>();
  }) as [Link, ...Link[]];
  return { run, owner, viral, quiet };
}

export const linksOf = ({ owner }: PinBoard, tag: string) =>
  everyItem<Link>(`/api/v1/links?tag=${tag}`, tokenAside(owner));

/** So that a system in use stays as it was; the account goes with what is left. */
export function removeLinks(board: PinBoard): void {
  if (__ENV.KEEP) return;
  const token = tokenAside(board.owner);
  for (const { code } of [board.viral, ...board.quiet])
    askAside('DELETE', `/api/v1/links/${code}`, { name: 'delete link', token, expect: [204, 404] });
}
