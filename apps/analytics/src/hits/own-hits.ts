import type { Hit } from '@cairn/contracts/events';

/** What no page told. */
export const NO_PAGE = {
  referrer: null,
  utm: { source: null, medium: null, campaign: null, term: null, content: null },
  revenue: null,
  isConsented: false,
} satisfies Partial<Hit>;

/** Of what happened in a service: whose browser it was is not known. */
export const NO_AUDIENCE = {
  kind: 'person',
  visitor: null,
  visitorOfYesterday: null,
  country: null,
  device: 'other',
  browser: null,
  os: null,
} satisfies Hit['audience'];
