import type { Hit } from '@cairn/contracts/events';
import { HIT_COLUMNS } from './hit.sql.ts';

type Column = keyof typeof HIT_COLUMNS;

const read: Record<Column, (hit: Hit) => string | number | boolean | null> = {
  site_id: ({ siteId }) => siteId,
  id: ({ id }) => id,
  at: ({ at }) => at,
  received_at: ({ receivedAt }) => receivedAt,
  name: ({ name }) => name,
  visitor: ({ audience }) => audience.visitor,
  visitor_of_yesterday: ({ audience }) => audience.visitorOfYesterday,
  is_consented: ({ isConsented }) => isConsented,
  kind: ({ audience }) => audience.kind,
  path: ({ path }) => path,
  referrer: ({ referrer }) => referrer,
  utm_source: ({ utm }) => utm.source,
  utm_medium: ({ utm }) => utm.medium,
  utm_campaign: ({ utm }) => utm.campaign,
  utm_term: ({ utm }) => utm.term,
  utm_content: ({ utm }) => utm.content,
  country: ({ audience }) => audience.country,
  device: ({ audience }) => audience.device,
  browser: ({ audience }) => audience.browser,
  os: ({ audience }) => audience.os,
  props: ({ props }) => (isEmpty(props) ? null : JSON.stringify(props)),
  amount: ({ revenue }) => revenue && revenue.amount,
  currency: ({ revenue }) => revenue && revenue.currency,
};

function isEmpty(props: Hit['props']): boolean {
  for (const _ in props) return false;
  return true;
}

/** An array per column, for `unnest`. */
export const hitColumns = (hits: readonly Hit[]): unknown[][] =>
  (Object.keys(HIT_COLUMNS) as Column[]).map((column) => hits.map(read[column]));
