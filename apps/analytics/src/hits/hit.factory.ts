import type { Hit } from '@cairn/contracts/events';
import { randomUUID } from 'node:crypto';
import { NO_AUDIENCE, NO_PAGE } from './own-hits.ts';

/** A page view of now. */
export function aHit(more: Partial<Hit> = {}): Hit {
  const now = new Date().toISOString();
  const what = { id: randomUUID(), siteId: randomUUID(), at: now, receivedAt: now, name: 'pageview', path: '/' };
  return { ...NO_PAGE, ...what, props: {}, audience: { ...NO_AUDIENCE, visitor: randomUUID() }, ...more };
}
