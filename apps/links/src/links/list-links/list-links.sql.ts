import type { Principal } from '@cairn/auth';
import type { Statement } from '@cairn/database';
import { linkPolicy } from '../link.policy.ts';
import { LINK_COLUMNS, STATE } from '../link.sql.ts';
import type { ListLinks } from './list-links.dto.ts';

/** The id of the last link seen. */
export type PageBegin = string | undefined;

/** A page of one owner's links, without further filters. */
export type LinksOfOwner = Pick<ListLinks, 'limit' | 'cursor'> & { ownerId: string; begin: PageBegin };

/** What `links_search` holds. */
const SEARCHED = `lower(l.title || ' ' || l.url || ' ' || l.code)`;
/** What may be in `links_disabled` or, by its host, in `links_host`. */
const DISABLED = '(l.disabled_at IS NOT NULL OR l.hosts && ARRAY(SELECT host FROM disabled_hosts))';

/** The statement of one page, newest first, with the conditions that this request has: one that always holds would hide the index that fits. */
export function listLinks(caller: Principal, query: ListLinks, begin: PageBegin) {
  const { q, tag, state, host, whose, limit } = query;
  const values: unknown[] = [];
  const bind = (value: unknown) => `$${values.push(value)}`;

  const conditions = ['l.deleted_at IS NULL'];
  if (whose === 'mine') conditions.push(`l.owner_id = ${bind(caller.id)}`);
  if (q !== undefined) conditions.push(`${SEARCHED} LIKE lower(${bind(`%${q.replace(/[\\%_]/g, '\\$&')}%`)})`);
  if (tag !== undefined) conditions.push(`l.tags @> ARRAY[${bind(tag)}]`);
  if (host !== undefined) conditions.push(`l.hosts @> ARRAY[${bind(host)}]`);
  if (state === 'disabled') conditions.push(DISABLED);
  else if (state) conditions.push(`${STATE} = ${bind(state)}`);
  if (begin) conditions.push(`l.id < ${bind(begin)}::uuid`);
  if (whose === 'all') {
    const visible = linkPolicy.where(caller, 'read', { ownerId: 'l.owner_id' }, values);
    conditions.push(visible.text);
    values.push(...visible.values);
  }

  const text = `SELECT ${LINK_COLUMNS} FROM links l WHERE ${conditions.join(' AND ')} ORDER BY l.id DESC LIMIT ${bind(limit + 1)}`;
  const anyPlan = q ?? tag ?? host; // a rare one wants another plan than a common one: planned for its own values
  const name = anyPlan ? {} : { name: 'list-links' };
  return { statement: { ...name, text } satisfies Statement, values };
}

/** The pages of many owners in one statement: a lateral join reads each from `links_owner` to its own end. `place` counts from 1. */
export function listLinksOfOwners(caller: Principal | undefined, asked: readonly LinksOfOwner[]) {
  const values: unknown[] = [
    asked.map(({ ownerId }) => ownerId),
    asked.map(({ begin }) => begin ?? LAST_ID),
    asked.map(({ limit }) => limit + 1),
  ];
  const visible = linkPolicy.where(caller, 'read', { ownerId: 'l.owner_id' }, values);
  const text = `SELECT page.* FROM unnest($1::uuid[], $2::uuid[], $3::integer[]) WITH ORDINALITY AS asked (owner_id, id, size, place)
    CROSS JOIN LATERAL (SELECT ${LINK_COLUMNS}, asked.place::integer AS place FROM links l
      WHERE l.owner_id = asked.owner_id AND l.id < asked.id AND l.deleted_at IS NULL AND ${visible.text}
      ORDER BY l.id DESC LIMIT asked.size) AS page
    ORDER BY page.place, page.id DESC`;
  return { statement: { name: 'list-links-of-owners', text }, values: [...values, ...visible.values] };
}

const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
