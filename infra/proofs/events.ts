import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { until } from '@cairn/local/until';
import type { StartedSystem } from '@cairn/local/started-system';
import { ask, expectAnswer, newcomer } from './client.ts';
import { loadSmoke } from './load-smoke.ts';
import type { Proof } from './proof.ts';
import { walkthrough } from './walkthrough.ts';

const WITHIN_MS = 1_000;
/** A job does it, in steps. */
const ERASED_WITHIN_MS = 10_000;

/** What one service tells the others is done there: a new name and the end of a session within a second, the end of an account soon. */
export const events: Proof = {
  name: 'events',
  prove: tellEachOther,
};

/** The same services on the other broker. */
export const eventsOnKafka: Proof = {
  name: 'events-on-kafka',
  options: ['--broker', 'kafka'],
  async prove(system) {
    return [await tellEachOther(system), await walkthrough.prove(system), await loadSmoke.prove(system)].join('; ');
  },
};

async function tellEachOther(system: StartedSystem): Promise<string> {
  const api = `${system.gateway}/api/v1`;
  const unique = `e${randomBytes(5).toString('hex')}`;
  const author = await newcomer(system.gateway, `${unique}_a`);
  const reader = await newcomer(system.gateway, `${unique}_r`);
  const as = (token: string, method: string, body?: unknown) => ({
    method,
    token,
    ...(body !== undefined && { body }),
  });

  const { slug } = await expectAnswer(201, `${api}/posts`, as(author.token, 'POST', { title: unique, body: 'Body' }));
  const post = `${api}/posts/${String(slug)}`;
  await expectAnswer(200, `${post}/publish`, as(author.token, 'POST', {}));
  const shown = async () => (await expectAnswer(200, post)).author as { displayName: string | null; deleted: boolean };
  assert.equal((await shown()).displayName, null);

  const edit = { ...as(author.token, 'PATCH', { displayName: 'Renamed' }), headers: { 'if-match': '*' } };
  await expectAnswer(200, `${api}/users/me`, edit);
  const renamed = await within(
    'the new name stands under the post',
    async () => (await shown()).displayName === 'Renamed',
  );

  await expectAnswer(201, `${post}/comments`, as(author.token, 'POST', { body: 'My words' }));
  await expectAnswer(201, `${post}/comments`, as(reader.token, 'POST', { body: 'Theirs' }));

  await expectAnswer(204, `${api}/sessions/current`, as(reader.token, 'DELETE'));
  const statuses = () =>
    Promise.all([`${api}/users/me`, `${api}/posts?state=draft`].map((url) => ask(url, { token: reader.token })));
  const revoked = await within('the ended session is refused everywhere', async () =>
    (await statuses()).every(({ status }) => status === 401),
  );

  const farewell = { ...as(author.token, 'DELETE', { password: author.password }), headers: { 'if-match': '*' } };
  await expectAnswer(204, `${api}/users/me`, farewell);
  const isErased = async () => {
    const { items } = (await expectAnswer(200, `${post}/comments`)) as { items: { body: string | null }[] };
    return (await shown()).deleted && items.every(({ body }) => body !== 'My words');
  };
  const erased = await within('the deleted author has no name and has said nothing', isErased, ERASED_WITHIN_MS);
  return `renamed in ${renamed} ms, signed out everywhere in ${revoked} ms, erased in ${erased} ms`;
}

async function within(what: string, isSo: () => Promise<boolean>, milliseconds = WITHIN_MS): Promise<number> {
  const since = performance.now();
  await until(what, milliseconds, isSo, 10);
  return Math.round(performance.now() - since);
}
