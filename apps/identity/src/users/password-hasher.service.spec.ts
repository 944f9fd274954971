import { expect, test } from '@jest/globals';
import { Overloaded } from '@cairn/resilience';
import { ConfigSchema } from '../config.ts';
import { PasswordHasher } from './password-hasher.service.ts';

const environment = {
  NODE_ENV: 'test',
  DATABASE_URL: 'postgres://localhost/none',
  REDIS_URL: 'redis://localhost',
  JWKS_URL: 'http://localhost/none',
  KEY_ENCRYPTION_SECRET: 'x'.repeat(32),
  BCRYPT_COST: '4',
  ARGON2_MEMORY_KIB: '64',
  ARGON2_PASSES: '1',
};
const hasher = (variables: object = {}) => new PasswordHasher(ConfigSchema.parse({ ...environment, ...variables }));

test('verifies what another scheme has made, and says that it needs to be made anew', async () => {
  const [bcrypt, argon2id] = [hasher(), hasher({ PASSWORD_HASHER: 'argon2id' })];
  const [old, current] = await Promise.all([bcrypt.hash('correct horse'), argon2id.hash('correct horse')]);
  expect(await argon2id.verify('correct horse', old)).toBe(true);
  expect(await bcrypt.verify('correct horse', current)).toBe(true);
  expect([argon2id.needsRehash(old), argon2id.needsRehash(current)]).toEqual([true, false]);
  expect([bcrypt.needsRehash(old), hasher({ BCRYPT_COST: '5' }).needsRehash(old)]).toEqual([false, true]);
});

test('nobody has the password of an unknown account', async () => {
  expect(await hasher().verify('nobody has this password', undefined)).toBe(false);
  expect(await hasher().verify('nobody has this password', null)).toBe(false);
});

test('beyond the bound of the queue it refuses at once, and takes new work afterwards', async () => {
  const busy = hasher({ PASSWORD_QUEUE: '2' });
  const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => busy.hash('correct horse')));
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThan(50);
  for (const { reason } of refused) expect(reason).toBeInstanceOf(Overloaded);
  await expect(busy.hash('correct horse')).resolves.toMatch(/^\$bcrypt/);
});

test.each([{ BCRYPT_COST: '11' }, { ARGON2_MEMORY_KIB: '64' }, { ARGON2_PASSES: '1' }])(
  'a cost below the least is refused outside of tests: %j',
  (variable) => {
    const dear = { BCRYPT_COST: '12', ARGON2_MEMORY_KIB: '19456', ARGON2_PASSES: '2' };
    const parse = (more: object) =>
      ConfigSchema.safeParse({ ...environment, NODE_ENV: 'production', ...dear, ...more });
    expect(parse({}).success).toBe(true);
    expect(parse(variable).error?.issues.map(({ path }) => path.join())).toEqual(Object.keys(variable));
  },
);
