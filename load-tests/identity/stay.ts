import { check, sleep } from 'k6';
import exec from 'k6/execution';
import { ask, askAll, type Ask } from '../lib/api.ts';
import { signIn, type Person, type Tokens } from '../lib/people.ts';
import { sessions } from './wave.ts';

/** Ten minutes for a real one. */
const PAUSE_SECONDS = 1;
/** Within which those who were there at the beginning have come. */
const ARRIVAL_SECONDS = 5;
/** Every so often the client lost the answer, or has two tabs, and sends the same token twice. */
const TWICE_EVERY = 10;

/** The session of this one, by whom nobody else is: each token is used once. */
let refreshToken: string | undefined;
let refreshes = 0;

/** Somebody stays signed in: each token brings the next one. */
export function keepSignedIn(data: { readonly people: readonly Person[] }): void {
  if (exec.vu.iterationInScenario === 0) sleep(ARRIVAL_SECONDS * Math.random());
  next(data);
  sleep(PAUSE_SECONDS * (0.5 + Math.random())); // else they would all come in step
}

function next({ people }: { readonly people: readonly Person[] }): void {
  if (!refreshToken) {
    refreshToken = signIn(people[exec.vu.idInTest % people.length]!)?.refreshToken;
    if (refreshToken) sessions.acknowledged();
    return;
  }
  const used = refreshToken;
  const isTwice = ++refreshes % TWICE_EVERY === 0;
  const answers = isTwice ? askAll([again(used), again(used)]) : [ask('POST', again(used).path, again(used))];
  const successors = answers.filter(({ ok }) => ok).map((answer) => answer.json<Tokens>().refreshToken);
  if (!successors.length) return; // turned away: the token is as good as before
  check(successors, {
    'the next token is another': ([next]) => next !== used,
    'one token has one successor': () => new Set(successors).size === 1,
  });
  refreshToken = successors[0];
}

const again = (token: string): Ask & { method: string; path: string } => ({
  method: 'POST',
  path: '/api/v1/sessions/refresh',
  name: 'refresh',
  kind: 'write',
  expect: [200],
  body: { refreshToken: token },
});
