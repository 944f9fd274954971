import { ask, askAside } from './api.ts';

/** A session's access token lives for ten minutes: a longer test signs in anew. */
const TOKEN_MS = 8 * 60_000;

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
  readonly user: { readonly id: string };
}

/** A name that no other run has. */
export const newRun = () => `load_${Date.now().toString(36)}${Math.floor(Math.random() * 1_296).toString(36)}`;

/** Signs new users up and in, in setup. @throws what ends the test when that cannot be done */
export const newPeople = (run: string, count: number): Person[] =>
  Array.from({ length: count }, (_, n) => {
    const username = `${run}_${n}`;
    const password = `${username} walks by night`;
    const body = { username, email: `${username}@example.com`, password };
    askAside('POST', '/api/v1/users', { name: 'sign up', expect: [201, 409], body }); // 409: when it had to ask again
    const { accessToken, user } = askAside('POST', path, logIn(username, password)).json<Tokens>();
    return { username, password, id: user.id, token: accessToken, signedInAt: Date.now() };
  });

const path = '/api/v1/sessions';
const logIn = (login: string, password: string) => ({ name: 'log in', expect: [201], body: { login, password } });

/** Undefined when it is turned away. */
export function signIn({ username, password }: Person): Tokens | undefined {
  const answer = ask('POST', path, { ...logIn(username, password), kind: 'password' });
  return answer.ok ? answer.json<Tokens>() : undefined;
}

/** In teardown: whoever was turned away gets in when it is calm again. @throws what ends the test */
export const signInAside = ({ username, password }: Person): Tokens =>
  askAside('POST', path, logIn(username, password)).json<Tokens>();

const renewed = new Map<string, { token: string; at: number }>();

/** Of one that is still good; undefined when a new one cannot be had now. */
export const tokenOf = (person: Person) => goodToken(person, signIn);

/** The same, in teardown. @throws what ends the test */
export const tokenAside = (person: Person) => goodToken(person, signInAside)!;

function goodToken(person: Person, renew: (person: Person) => Tokens | undefined): string | undefined {
  const known = renewed.get(person.username) ?? { token: person.token, at: person.signedInAt };
  if (Date.now() - known.at < TOKEN_MS) return known.token;
  const token = renew(person)?.accessToken;
  if (token) renewed.set(person.username, { token, at: Date.now() });
  return token;
}

/** So that a system in use stays as it was. */
export function removePeople(people: readonly Person[]): void {
  if (__ENV.KEEP) return;
  for (const person of people) {
    const body = { password: person.password };
    const token = tokenAside(person);
    askAside('DELETE', '/api/v1/users/me', { name: 'delete account', expect: [204, 401], token, body }); // 401: when it had to ask again
  }
}
