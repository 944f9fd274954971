import type { Audience, Hit } from '@cairn/contracts/events';
import { referrerHost } from '@cairn/visitors';
import { createHmac } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { TrackedSite } from '../sites/tracked-sites.service.ts';
import type { HitRow } from './hit-row.dto.ts';
import { hitTime } from './hit-time.ts';
import { pageAddress } from './page-address.ts';
import { withoutPersonal } from './personal-text.ts';

export interface Receipt {
  readonly site: TrackedSite;
  readonly audience: Audience;
  readonly sentAt: Date | undefined;
  readonly receivedAt: Date;
  /** The visitor's hash, where the row was received before and its visitorId is gone. */
  readonly consented?: string | undefined;
}

export type NewHit = { readonly hit: Hit } | { readonly errors: { path: string; message: string }[] };

/** What is kept of a row: nothing by which a person could be found, unless they agreed to it. */
export function newHit(row: HitRow, receipt: Receipt): NewHit {
  const { site, receivedAt } = receipt;
  const time = hitTime(row.at, receipt.sentAt, receivedAt);
  if ('refused' in time) return { errors: [{ path: 'at', message: time.refused }] };
  const page = row.url === undefined ? undefined : pageAddress(row.url);
  if (row.url !== undefined && !page) return { errors: [{ path: 'url', message: 'Must be an http or https URL' }] };
  const { visitorId = null } = row;
  const consented = visitorId === null ? receipt.consented : consentedVisitor(site, visitorId);
  return {
    hit: {
      id: row.id ?? uuidv7(),
      siteId: site.id,
      at: time.at.toISOString(),
      receivedAt: receivedAt.toISOString(),
      name: withoutPersonal(row.name),
      path: page?.path ?? null,
      referrer: referrerHost(row.referrer ?? undefined, page ? [page.host] : []),
      utm: page?.utm ?? { source: null, medium: null, campaign: null, term: null, content: null },
      props: cleanProps(row.props),
      revenue: row.revenue ?? null,
      ...ofVisitor(receipt, consented, time.at),
    },
  };
}

/** A hash that is the same on other days, for this site only. */
export const consentedVisitor = ({ visitorSalt }: TrackedSite, visitorId: string): string =>
  uuidOf(createHmac('sha256', visitorSalt).update(visitorId).digest());

/**
 * Who asks not to be tracked, and who is no person, is nobody's visitor whatever the page says. A cookieless visitor is the one of the day
 * on which the hit is received; what happened before midnight is that day's as long as anybody knows its salt.
 */
function ofVisitor(
  { audience, site, receivedAt }: Receipt,
  consented: string | undefined,
  at: Date,
): Pick<Hit, 'isConsented' | 'audience'> {
  // prettier-ignore
  const { visitor, visitorOfYesterday } = audience;
  if (consented !== undefined && visitor !== null)
    return { isConsented: true, audience: { ...audience, visitor: consented, visitorOfYesterday: null } };
  const isOfYesterday = visitorOfYesterday !== null && dayIn(site.timeZone, at) !== dayIn(site.timeZone, receivedAt);
  if (!isOfYesterday) return { isConsented: false, audience };
  return { isConsented: false, audience: { ...audience, visitor: visitorOfYesterday, visitorOfYesterday: null } };
}

const dayIn = (timeZone: string, time: Date) => time.toLocaleDateString('en-CA', { timeZone });

/** 120 bits of it as a UUID of version 8 (RFC 9562, section 5.8). */
const uuidOf = (hash: Buffer) =>
  hash.toString('hex', 0, 16).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-8$3-8$4-$5');

const cleanProps = (props: HitRow['props']): Hit['props'] =>
  Object.fromEntries(
    Object.entries(props).map(([key, value]) => [
      withoutPersonal(key),
      typeof value === 'string' ? withoutPersonal(value) : value,
    ]),
  );
