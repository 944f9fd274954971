import { expect, test } from '@jest/globals';
import { environmentOf, migrationEnvironmentOf, type Surroundings } from './environment.ts';
import { planOf } from './plan.ts';
import type { ServiceName } from './topology.ts';

const only = (service: ServiceName, index = 0) => ({ name: service, service, index });
const surroundings = (changes: Partial<Surroundings> = {}): Surroundings => ({
  plan: planOf([]),
  portBase: 4000,
  empty: false,
  redisUrl: 'redis://redis',
  spoolFolder: '/data/spool',
  databases: new Map([['blog', { url: 'postgres://blog', ownerUrl: 'postgres://blog_owner' }]]),
  secret: (name) => `secret of ${name}`,
  inherited: {},
  ...changes,
});

test('a service gets its own database, never the server of the person who starts it', () => {
  const inherited = { DATABASE_URL: 'postgres://admin@server' };
  expect(environmentOf(only('blog'), surroundings({ inherited }))).toMatchObject({ DATABASE_URL: 'postgres://blog' });
  expect(environmentOf(only('gateway'), surroundings({ inherited }))).not.toHaveProperty('DATABASE_URL');
});

test('only `migrate` is told how to become the owner of the schema', () => {
  const inherited = { DATABASE_OWNER_URL: 'postgres://somebody' };
  expect(environmentOf(only('blog'), surroundings({ inherited }))).not.toHaveProperty('DATABASE_OWNER_URL');
  expect(migrationEnvironmentOf('blog', surroundings({ inherited }))).toMatchObject({
    DATABASE_URL: 'postgres://blog',
    DATABASE_OWNER_URL: 'postgres://blog_owner',
  });
});

test('who calls identity and identity agree on a secret', () => {
  const { SERVICE_CLIENT_SECRET, IDENTITY_URL } = environmentOf(only('blog'), surroundings());
  expect(IDENTITY_URL).toBe('http://127.0.0.1:4001');
  const { SERVICE_CLIENTS } = environmentOf(only('identity'), surroundings());
  expect(JSON.parse(SERVICE_CLIENTS!)).toEqual({ blog: SERVICE_CLIENT_SECRET });
});

test('the secrets of one service do not reach another', () => {
  expect(environmentOf(only('gateway'), surroundings())).not.toHaveProperty('KEY_ENCRYPTION_SECRET');
  expect(environmentOf(only('blog'), surroundings())).not.toHaveProperty('SERVICE_CLIENTS');
});

test('the gateway gets its routes from the topology', () => {
  const { UPSTREAMS, PORT } = environmentOf(only('gateway'), surroundings());
  expect(PORT).toBe('4000');
  expect(JSON.parse(UPSTREAMS!)).toMatchObject({
    blog: { origins: ['http://127.0.0.1:4002'], routes: expect.arrayContaining(['/api/v1/posts', '/feeds']) },
  });
});

test('each instance has its own port; the gateway knows all, and sees them go before their ports close', () => {
  const scaled = surroundings({ plan: planOf([], { blog: 2 }) });
  const second = environmentOf(only('blog', 1), scaled);
  expect(second).toMatchObject({ PORT: '4102', SHUTDOWN_DELAY_MS: '1500', DATABASE_URL: 'postgres://blog' });
  expect(environmentOf(only('blog'), scaled)).toMatchObject({ PORT: '4002', SHUTDOWN_DELAY_MS: '1500' });
  expect(environmentOf(only('identity'), scaled)).not.toHaveProperty('SHUTDOWN_DELAY_MS');
  expect(JSON.parse(environmentOf(only('gateway'), scaled).UPSTREAMS!)).toMatchObject({
    blog: { origins: ['http://127.0.0.1:4002', 'http://127.0.0.1:4102'] },
    identity: { origins: ['http://127.0.0.1:4001'] },
  });
});

test('many instances share the connections that PostgreSQL has', () => {
  const of = (blog: number) => environmentOf(only('blog'), surroundings({ plan: planOf([], { blog }) }));
  expect(of(1)).not.toHaveProperty('DATABASE_POOL_SIZE'); // four instances, 20 each, as ever
  expect(of(9)).toHaveProperty('DATABASE_POOL_SIZE', '6');
});

test('the fault dials are for development alone, and not at the gateway', () => {
  expect(environmentOf(only('blog'), surroundings())).toMatchObject({
    FAULT_DIALS: 'true',
    FAULT_DIALS_SECRET: 'secret of fault dials',
  });
  expect(environmentOf(only('gateway'), surroundings())).not.toHaveProperty('FAULT_DIALS');
  const production = surroundings({ inherited: { NODE_ENV: 'production' } });
  expect(environmentOf(only('blog'), production)).not.toHaveProperty('FAULT_DIALS');
});

test('every service is told the broker, whatever the person has set', () => {
  const inherited = { BROKER: 'kafka', KAFKA_BROKERS: 'elsewhere:9092' };
  expect(environmentOf(only('blog'), surroundings({ inherited }))).toMatchObject({ BROKER: 'redis' });
  expect(environmentOf(only('blog'), surroundings({ inherited, kafkaBrokers: '127.0.0.1:4092' }))).toMatchObject({
    BROKER: 'kafka',
    KAFKA_BROKERS: '127.0.0.1:4092',
  });
});

test('who says facts keeps them on the disk while the broker is away', () => {
  expect(environmentOf(only('links'), surroundings())).toMatchObject({ SPOOL_DIRECTORY: '/data/spool' });
  expect(environmentOf(only('blog'), surroundings())).not.toHaveProperty('SPOOL_DIRECTORY');
});

test('a service that does not run is an upstream all the same', () => {
  const { UPSTREAMS } = environmentOf(only('gateway'), surroundings({ plan: planOf(['identity']) }));
  expect(JSON.parse(UPSTREAMS!)).toMatchObject({ blog: { origins: ['http://127.0.0.1:4002'] } });
});

test('an empty system has no first admin', () => {
  expect(environmentOf(only('identity'), surroundings())).toHaveProperty('FIRST_ADMIN_EMAIL');
  expect(environmentOf(only('identity'), surroundings({ empty: true }))).not.toHaveProperty('FIRST_ADMIN_EMAIL');
});

test('what the person sets goes before our choice, but not before the plan', () => {
  const inherited = { SIGN_UP_ROLE: 'reader', PORT: '80' };
  expect(environmentOf(only('identity'), surroundings({ inherited }))).toMatchObject({
    SIGN_UP_ROLE: 'reader',
    PORT: '4001',
  });
});
