import { check } from 'k6';
import { askAll, askAside } from '../lib/api.ts';
import { tokenAside } from '../lib/people.ts';
import { people } from '../lib/user-agents.ts';
import type { Link, PinBoard } from './pin-board.ts';

const TICKETS = 7;
const AT_ONCE = 40;

/** A link that may be visited seven times, and forty come in the same moment. */
export function sellTickets({ run, owner }: PinBoard): void {
  const body = { url: `https://example.org/${run}/ticket`, maxVisits: TICKETS };
  const headers = { 'idempotency-key': `${run}-tickets` };
  const create = { name: 'tickets', token: tokenAside(owner), headers, body, expect: [201] };
  const { code } = askAside('POST', '/api/v1/links', create).json<Link>();
  const visit = { method: 'GET', path: `/s/${code}`, name: 'ticket', kind: 'aside' as const, expect: [302, 410] };
  const answers = askAll(Array.from({ length: AT_ONCE }, () => ({ ...visit, headers: { 'user-agent': people[0] } })));
  check(answers, {
    'of forty at once exactly seven get a ticket': () =>
      answers.filter(({ status }) => status === 302).length === TICKETS,
    'the others are told that it is over': () => answers.every(({ status }) => status === 302 || status === 410),
  });
}
