import { fail, sleep } from 'k6';
import { ask, askAll, type Answer, type Ask } from './api.ts';

/** A session's access token lives for ten minutes: a longer test signs in anew. */
const TOKEN_MS = 8 * 60_000;
/** Passwords at once while nobody measures: on a busy machine each takes seconds. */
const AT_ONCE = 2;

export interface Person {
  readonly id: string;
  readonly username: string;
  readonly password: string;
  readonly token: string;
  readonly signedInAt: number;
}

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** A name that no other run has. */
export const newRun = () => `load_${Date.now().toString(36)}${Math.floor(Math.random() * 1_296).toString(36)}`;

/** Signs up and in, in setup. @throws what ends the test when one cannot */
export function newPeople(run: string, count: number): Person[] {
  const names = Array.from({ length: count }, (_, n) => `${run}_${n}`);
  return inPortions(names, (usernames) => {
    const accounts = usernames.map((username) => ({ username, password: `${username} walks by night` }));
    const signUps = askAll(
      accounts.map((account) => ({
        ...{ method: 'POST', path: '/api/v1/users', name: 'sign up', kind: 'password', expect: [201] },
        body: { ...account, email: `${account.username}@example.com` },
      })),
    );
    const sessions = askAll(
      accounts.map(({ username, password }) => ({ method: 'POST', path, ...logIn(username, password) })),
    );
    return accounts.map((account, index) => {
      const { id } = must(signUps[index]!).json<{ id: string }>();
      return { ...account, id, token: must(sessions[index]!).json<Tokens>().accessToken, signedInAt: Date.now() };
    });
  });
}

const path = '/api/v1/sessions';
const logIn = (login: string, password: string): Ask => ({
  name: 'log in',
  kind: 'password',
  expect: [201],
  body: { login, password },
});

/** Undefined when it is turned away. */
export function signIn({ username, password }: Person): Tokens | undefined {
  const answer = ask('POST', path, logIn(username, password));
  return answer.ok ? answer.json<Tokens>() : undefined;
}

const renewed = new Map<string, { token: string; at: number }>();

/** Of one that is still good; undefined when a new one cannot be had now. */
export function tokenOf(person: Person): string | undefined {
  const known = renewed.get(person.username) ?? { token: person.token, at: person.signedInAt };
  if (Date.now() - known.at < TOKEN_MS) return known.token;
  const token = signIn(person)?.accessToken;
  if (token) renewed.set(person.username, { token, at: Date.now() });
  return token;
}

/** For teardown: whoever was turned away gets in when it is calm again. @throws what ends the test */
export function signInAfterwards(person: Person): Tokens {
  for (let tries = 0; tries < 5; tries++) {
    const tokens = signIn(person);
    if (tokens) return tokens;
    sleep(2);
  }
  return fail(`${person.username} cannot sign in any more`);
}

export const freshToken = (person: Person) => tokenOf(person) ?? signInAfterwards(person).accessToken;

/** So that a system in use stays as it was. */
export function removePeople(people: readonly Person[]): void {
  if (__ENV.KEEP) return;
  inPortions(people, (portion) =>
    askAll(
      portion.map((person) => ({
        ...{ method: 'DELETE', path: '/api/v1/users/me', name: 'delete account', kind: 'password', expect: [204] },
        token: freshToken(person),
        body: { password: person.password },
      })),
    ),
  );
}

export const must = (answer: Answer) =>
  answer.ok ? answer : fail(`The test cannot be prepared: ${answer.status} ${answer.text}`);

function inPortions<T, R>(items: readonly T[], work: (portion: readonly T[]) => readonly R[]): R[] {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE) results.push(...work(items.slice(from, from + AT_ONCE)));
  return results;
}
