import { removePeople } from '../lib/people.ts';
import { plan, story } from '../lib/plan.ts';
import { sendBatch } from './batch.ts';
import { lookAtReports } from './dashboard.ts';
import { viewPage } from './page-view.ts';
import { auditHits, hits, newSite, removeSite, type WatchedSite } from './watched-site.ts';

/* Pages and servers tell what happens while the owner watches. */
export const options = plan({
  stories: { page: { perSecond: 40 }, batch: { perSecond: 1 }, dashboard: { perSecond: 1 } },
  budgets: { read: 150, write: 150 },
  thresholds: hits.thresholds,
});

export const setup = (): WatchedSite => newSite();

export const page = story(viewPage);
export const batch = story(sendBatch);
export const dashboard = story(lookAtReports);

export function teardown(site: WatchedSite): void {
  auditHits(site);
  removeSite(site);
  removePeople([site.owner]);
}
