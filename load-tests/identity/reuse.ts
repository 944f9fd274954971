import { sleep } from 'k6';
import { askAside } from '../lib/api.ts';
import { signInAside, type Person, type Tokens } from '../lib/people.ts';

const refresh = (refreshToken: string, status: number) =>
  askAside('POST', '/api/v1/sessions/refresh', {
    name: 'refresh in the end',
    expect: [status],
    body: { refreshToken },
  });

/**
 * Also after all of this load: a token that two have used ends the session for both, and within a second everywhere.
 * @throws what fails the test, and ends it
 */
export function reuseEndsTheSession(person: Person): void {
  const stolen = signInAside(person);
  const second = refresh(stolen.refreshToken, 200).json<Tokens>();
  const third = refresh(second.refreshToken, 200).json<Tokens>();
  refresh(stolen.refreshToken, 401);
  refresh(third.refreshToken, 401);
  sleep(1);
  const me = { name: 'access of an ended session', expect: [401], token: third.accessToken };
  askAside('GET', '/api/v1/users/me', me);
}
