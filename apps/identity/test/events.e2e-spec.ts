import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sessionRevoked, userChanged, userDeleted, userRegistered } from '@cairn/contracts/events';
import { AnotherService, BROKER } from '@cairn/messaging/testing';
import { eventually, startService, type RunningService, type Someone } from '@cairn/testing';
import { identity } from '../src/app.module.ts';

let service: RunningService;
let others: AnotherService;
const password = 'correct horse battery';

beforeAll(async () => {
  service = await startService(identity, {
    NODE_ENV: 'test',
    KEY_ENCRYPTION_SECRET: 'x'.repeat(32),
    BCRYPT_COST: '4',
    FIRST_ADMIN_EMAIL: 'root@example.com',
    FIRST_ADMIN_USERNAME: 'chief',
    FIRST_ADMIN_PASSWORD: password,
  });
  others = new AnotherService(service.app.get(BROKER));
  await others.hear(userRegistered, userChanged, userDeleted, sessionRevoked);
});
afterAll(() => service.stop());

const signUp = (username: string) =>
  service.post('/api/v1/users', { body: { username, email: `${username}@example.com`, password } });
const logIn = async (login: string): Promise<Someone> => {
  const { body } = await service.post('/api/v1/sessions', { body: { login, password } });
  return { id: body.user.id, authorization: `Bearer ${body.accessToken}` };
};
const heardOf = (userId: string) =>
  others.heard.filter(({ subject }) => subject === userId).map(({ type, data }) => ({ type, data }));

test('the life of an account is told in order, each change once, and no e-mail address with it', async () => {
  const [{ body: user }] = await Promise.all([signUp('grace'), signUp('grace')]); // one of them is refused
  const userId = (user.id ?? (await logIn('grace')).id) as string;
  const [grace, chief] = [await logIn('grace'), await logIn('root@example.com')];
  const edit = (body: object) => service.patch('/api/v1/users/me', { as: grace, body, headers: { 'if-match': '*' } });
  await edit({ displayName: 'Grace H.' });
  await edit({ displayName: 'Grace H.' }); // nothing changes
  await edit({ username: 'chief' }); // taken
  await service.post(`/api/v1/users/${userId}/suspend`, { as: chief, body: { reason: 'Spam' } });
  await service.delete(`/api/v1/users/${userId}`, { as: chief, headers: { 'if-match': '*' } });

  const profile = { userId, username: 'grace', displayName: null, avatarUrl: null };
  const changed = { ...profile, displayName: 'Grace H.', roles: ['reader'], suspended: false };
  await eventually(() => expect(heardOf(userId).at(-1)).toEqual({ type: userDeleted.type, data: { userId } }));
  const heard = heardOf(userId);
  const sessions = heard.filter(({ type }) => type === sessionRevoked.type);
  expect(heard.filter(({ type }) => type !== sessionRevoked.type)).toEqual([
    { type: userRegistered.type, data: profile },
    { type: userChanged.type, data: changed },
    { type: userChanged.type, data: { ...changed, suspended: true } },
    { type: userDeleted.type, data: { userId } },
  ]);
  expect(sessions.length).toBeGreaterThan(0);
  expect(JSON.stringify(others.heard)).not.toContain('@');
});

test('a session that ends is told of, once however often it is ended', async () => {
  await signUp('hedy');
  const hedy = await logIn('hedy');
  await Promise.all([1, 2, 3].map(() => service.delete('/api/v1/sessions/current', { as: hedy })));
  await eventually(() => expect(heardOf(hedy.id)).toMatchObject([{ type: userRegistered.type }, { type: sessionRevoked.type }])); // prettier-ignore
});
