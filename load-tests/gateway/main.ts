import { removePeople } from '../lib/people.ts';
import { plan, story } from '../lib/plan.ts';
import { newShelf, removePosts, type Shelf } from '../lib/shelf.ts';
import { openDashboard } from './dashboard.ts';
import { misbehave } from './vandal.ts';
import { visit } from './visitor.ts';
import { askHealth } from './watchman.ts';

/* The front door: everybody comes through it, and one of them misbehaves. */
export const options = plan({
  stories: {
    dashboard: { perSecond: 6 },
    visitor: { perSecond: 12 },
    vandal: { perSecond: 5 },
    watchman: { perSecond: 1 },
  },
  budgets: { read: 120, write: 200, health: 150 },
});

export const setup = (): Shelf => newShelf();

export const dashboard = story(openDashboard);
export const visitor = story(visit);
export const vandal = story(misbehave);
export const watchman = story(askHealth);

export function teardown({ people }: Shelf): void {
  removePosts(people);
  removePeople(people);
}
