import { check, sleep } from 'k6';
import exec from 'k6/execution';
import { untilAcknowledged } from '../lib/acknowledged.ts';
import { ask } from '../lib/api.ts';
import { tokenOf } from '../lib/people.ts';
import { people } from '../lib/user-agents.ts';
import type { Link, PinBoard } from './pin-board.ts';

/** In which a change has reached every process. */
const EVERYWHERE_SECONDS = 0.2;

/** Makes a link, tries it, corrects where it leads, and takes it back: each time the next visit shows it. */
export function tend({ run, owner }: PinBoard): void {
  const n = exec.scenario.iterationInTest;
  const token = tokenOf(owner);
  if (!token) return;
  const write = (name: string, status: number) => ({ name, kind: 'write' as const, token, expect: [status] });
  const [first, second] = [`https://example.org/${run}/first/${n}`, `https://example.org/${run}/second/${n}`];
  const created = untilAcknowledged('/api/v1/links', `${run}-tends-${n}`, {
    ...write('create', 201),
    body: { url: first },
  });
  if (!created.ok) return;
  const { code } = created.json<Link>();
  const path = `/api/v1/links/${code}`;
  const headers = { 'user-agent': people[n % people.length]! };
  const visit = (status: number) =>
    ask('GET', `/s/${code}`, { name: `own link, ${status}`, kind: 'read', headers, expect: [status] });

  const tried = visit(302);
  if (tried.ok) check(tried, { 'a new link leads at once': ({ location }) => location === first });
  if (!ask('PATCH', path, { ...write('correct', 200), body: { url: second } }).ok) return;
  sleep(EVERYWHERE_SECONDS);
  const corrected = visit(302);
  if (corrected.ok) check(corrected, { 'a corrected link leads there': ({ location }) => location === second });
  if (!ask('DELETE', path, write('delete', 204)).ok) return;
  sleep(EVERYWHERE_SECONDS);
  visit(410);
}
