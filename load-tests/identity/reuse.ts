import { sleep } from 'k6';
import { ask, type Answer } from '../lib/api.ts';
import { must, signInAfterwards, type Person, type Tokens } from '../lib/people.ts';

const refresh = (refreshToken: string, status: number) =>
  ask('POST', '/api/v1/sessions/refresh', {
    name: 'refresh in the end',
    kind: 'write',
    expect: [status],
    body: { refreshToken },
  });
const tokens = (answer: Answer) => must(answer).json<Tokens>();

/** Also after all of this load: a token that two have used ends the session for both, and within a second everywhere. */
export function reuseEndsTheSession(person: Person): void {
  const stolen = signInAfterwards(person);
  const second = tokens(refresh(stolen.refreshToken, 200));
  const third = tokens(refresh(second.refreshToken, 200));
  refresh(stolen.refreshToken, 401);
  refresh(third.refreshToken, 401);
  sleep(1);
  const me = { name: 'access of an ended session', kind: 'read', expect: [401], token: third.accessToken } as const;
  ask('GET', '/api/v1/users/me', me);
}
