import { check } from 'k6';
import { everyItem } from '../lib/pages.ts';
import { freshToken, newPeople, newRun, removePeople, type Person } from '../lib/people.ts';
import { plan, story } from '../lib/plan.ts';
import { readProfile } from './profile.ts';
import { reuseEndsTheSession } from './reuse.ts';
import { keepSignedIn } from './stay.ts';
import { sessions, signInWave } from './wave.ts';

/* People arrive in the morning, stay signed in, and look at each other's profiles. */
export interface Data {
  readonly run: string;
  readonly people: readonly Person[];
}

export const options = plan({
  stories: { wave: { perSecond: 2 }, stay: { clients: 30 }, profile: { perSecond: 60 } },
  budgets: { read: 60, write: 100, password: 1_500 },
  thresholds: sessions.thresholds,
});

export function setup(): Data {
  const run = newRun();
  return { run, people: newPeople(run, 8) };
}

export const wave = story(signInWave);
export const stay = story(keepSignedIn);
export const profile = story(readProfile);

export function teardown({ people }: Data): void {
  reuseEndsTheSession(people[0]!);
  for (const person of people) {
    const token = freshToken(person);
    const open = everyItem<{ id: string }>('/api/v1/sessions', token);
    check(open, { 'no session is listed twice': () => new Set(open.map(({ id }) => id)).size === open.length });
    sessions.found(open.length - 1); // the one that setup began
  }
  removePeople(people);
}
