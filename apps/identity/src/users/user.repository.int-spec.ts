import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Transactions } from '@cairn/database';
import { encodeCursor } from '@cairn/http';
import { createTestDatabase } from '@cairn/testing';
import { DataSource } from 'typeorm';
import { CreateUsers1763600000000 } from '../migrations/1763600000000-create-users.migration.ts';
import { ListUsersSchema } from './list-users/list-users.dto.ts';
import { listUsers } from './list-users/list-users.query.ts';
import { UserEntity } from './user.entity.ts';
import { EmailTaken, UsernameTaken } from './user.errors.ts';
import { userLike } from './user.factory.ts';
import { UserRepository } from './user.repository.ts';
import type { User } from './user.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let dataSource: DataSource;
let users: UserRepository;
let transactions: Transactions;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await new DataSource({
    type: 'postgres',
    url: database.ownerUrl,
    entities: [UserEntity],
    migrations: [CreateUsers1763600000000],
    migrationsRun: true,
  }).initialize();
  users = new UserRepository(dataSource);
  transactions = new Transactions(dataSource);
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const insert = async (given: Partial<User> = {}) => {
  const user = userLike(given);
  await transactions.run((tx) => users.insert(tx, user));
  return user;
};

test('the entity and the migrations agree', async () => {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  expect(upQueries.map(({ query }) => query)).toEqual([]);
});

test('a user comes back as it was stored', async () => {
  const user = await insert({ bio: 'Line\nLine 😀', roles: ['author', 'admin'] });
  expect(await users.findById(user.id)).toEqual(user);
});

test('the constraints decide which name is taken', async () => {
  const { email, username } = await insert();
  await expect(insert({ email })).rejects.toThrow(EmailTaken);
  await expect(insert({ username })).rejects.toThrow(UsernameTaken);
  const other = await insert();
  other.email = email;
  await expect(transactions.run((tx) => users.save(tx, other))).rejects.toThrow(EmailTaken);
});

test('a login is an email or a username; what can be neither finds nobody', async () => {
  const { id, email, username } = await insert();
  for (const login of [email!.toUpperCase(), ` ${email}`, username!.toUpperCase()])
    expect(await users.findByLogin(login)).toMatchObject({ id });
  for (const login of ['', '\0', 'a\0b@example.com', '%', '\ud800', 'nobody@example.com', `${email}@`])
    expect(await users.findByLogin(login)).toBeNull();
});

test('a hash is replaced only while it is the one that was verified', async () => {
  const { id } = await insert({ passwordHash: 'old' });
  const replace = (oldHash: string, newHash: string) =>
    transactions.run((tx) => users.replacePasswordHash(tx, id, oldHash, newHash));
  await replace('another', 'wrong');
  expect(await users.findById(id)).toMatchObject({ passwordHash: 'old', version: 1 });
  await replace('old', 'new');
  expect(await users.findById(id)).toMatchObject({ passwordHash: 'new', version: 1 });
});

test('the table itself refuses a deleted user with anything personal, and a suspension without a reason', async () => {
  const { id } = await insert();
  const update = (set: string) => dataSource.query(`UPDATE users SET ${set} WHERE id = $1`, [id]);
  await expect(update(`state = 'deleted'`)).rejects.toThrow('users_erasure');
  await expect(update(`email = NULL`)).rejects.toThrow('users_erasure');
  await expect(update(`state = 'suspended'`)).rejects.toThrow('users_suspension');
  await expect(update(`roles = '{king}'`)).rejects.toThrow('users_roles');
  await expect(update(`username = 'Capital'`)).rejects.toThrow('users_username_form');
});

describe('with 20,000 users', () => {
  beforeAll(async () => {
    await dataSource.query(`
      INSERT INTO users (id, email, username, password_hash, roles, state, suspended_reason, token_version, version, created_at, updated_at)
      SELECT uuidv7(), md5(n::text) || '@example.com', 'u' || substr(md5(n::text), 1, 16), 'none',
        CASE WHEN n % 500 = 0 THEN '{moderator}'::text[] ELSE '{reader}' END,
        CASE WHEN n % 200 = 0 THEN 'suspended' ELSE 'active' END, CASE WHEN n % 200 = 0 THEN 'Reason' END, 1, 1, now(), now()
      FROM generate_series(1, 20000) AS n`);
    await dataSource.query('VACUUM ANALYZE users'); // as autovacuum does: it also clears the pending list of the GIN indexes
  });

  test.each([
    ['', {}, 'users_pkey'],
    ['the next page', { cursor: true }, 'users_pkey'],
    ['a word', { q: 'abcdef12' }, 'users_search'],
    ['a role', { role: 'moderator' }, 'users_by_role'],
    ['a state', { state: 'suspended' }, 'users_by_state'],
    ['a state, the next page', { state: 'suspended', cursor: true }, 'users_by_state'],
    ['everything', { q: 'abcdef12', role: 'moderator', state: 'suspended', cursor: true }, 'users_'],
  ])('the list by %s reads an index', async (_what, query, index) => {
    const [{ middle }] = await dataSource.query('SELECT id AS middle FROM users ORDER BY id LIMIT 1 OFFSET 10000');
    const { text: sql, values } = listUsers(
      ListUsersSchema.parse({ ...query, ...('cursor' in query && { cursor: encodeCursor([middle]) }) }),
    );
    const plan: { 'QUERY PLAN': string }[] = await dataSource.query(`EXPLAIN ${sql}`, values);
    const text = plan.map((line) => line['QUERY PLAN']).join('\n');
    expect(text).toContain(index);
    expect(text).not.toContain('Seq Scan');
  });
});
