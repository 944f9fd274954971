import { check } from 'k6';
import { everyItem } from '../lib/pages.ts';
import { newPeople, newRun, removePeople, signInAside, type Person } from '../lib/people.ts';
import { plan, story } from '../lib/plan.ts';
import { readProfile } from './profile.ts';
import { reuseEndsTheSession } from './reuse.ts';
import { keepSignedIn } from './stay.ts';
import { sessions, signInWave } from './wave.ts';

/* People arrive in the morning, stay signed in, and look at each other's profiles. */
export interface Data {
  readonly people: readonly Person[];
}

export const options = plan({
  stories: { wave: { perSecond: 1.5 }, stay: { clients: 20 }, profile: { perSecond: 30 } },
  budgets: { read: 80, write: 150, password: 2_000 },
  thresholds: sessions.thresholds,
});

export const setup = (): Data => ({ people: newPeople(newRun(), 5) });

export const wave = story(signInWave);
export const stay = story(keepSignedIn);
export const profile = story(readProfile);

export function teardown({ people }: Data): void {
  reuseEndsTheSession(people[0]!);
  for (const person of people) {
    const { accessToken } = signInAside(person);
    const ids = everyItem<{ id: string }>('/api/v1/sessions', accessToken).map(({ id }) => id);
    check(ids, { 'no session is listed twice': () => new Set(ids).size === ids.length });
    sessions.found(ids.length - 2); // the one that setup began, and this one
  }
  removePeople(people);
}
