import { describe, expect, test } from '@jest/globals';
import { globSync } from 'node:fs';
import { parse } from 'yaml';
import { port, read, wrong, type Compose, type Environment } from './compose-check.ts';
import { services } from './topology.ts';
import { workspace } from './workspace.ts';

const parsed = (text: string) => parse(text, { merge: true }) as Compose;
const compose = parsed(read('docker-compose.yml'));
const example = read('.env.example');

test('the Compose file says what the topology says, and nobody in it may more than they need', () => {
  expect(wrong(compose)).toEqual([]);
});

test('Prometheus asks every service', () => {
  const { scrape_configs: jobs } = parse(read('infra/grafana/prometheus.yml')) as {
    scrape_configs: { static_configs: { targets: string[]; labels: { service: string } }[] }[];
  };
  const asked = jobs.flatMap((job) => job.static_configs.map(({ targets, labels }) => [labels.service, targets]));
  expect(Object.fromEntries(asked)).toEqual(
    Object.fromEntries(services.map(([name]) => [name, [`${name}:${port(name)}`]])),
  );
});

test('dashboards ask the data sources that there are', () => {
  const { datasources } = parse(read('infra/grafana/provisioning/datasources/cairn.yml')) as {
    datasources: { uid: string }[];
  };
  const known = datasources.map(({ uid }) => uid);
  const dashboards = globSync('infra/grafana/dashboards/*.json', { cwd: workspace }).map((file) => read(file));
  expect(dashboards).toHaveLength(3);
  for (const text of dashboards)
    for (const [, uid] of text.matchAll(/"uid": "(?!cairn-)([^"]+)"/g)) expect(known).toContain(uid);
  const titles = dashboards.map((text) => (JSON.parse(text) as { uid: string }).uid);
  expect(new Set(titles).size).toBe(3);
});

test('PostgreSQL takes the connections of every service twice over: a version beside its successor', () => {
  const [, most] = /max_connections=(\d+)/.exec(compose.services.postgres!.command?.join(' ') ?? '') ?? [];
  const pools = services
    .filter(([, { database }]) => database)
    .map(([name]) => Number(/^\| `DATABASE_POOL_SIZE` \| `(\d+)`/m.exec(read(`apps/${name}/README.md`))![1]));
  const needed = pools.reduce((sum, pool) => sum + 2 * (pool + 2), 0); // one for readiness, one for the relay
  expect(Number(most ?? 100)).toBeGreaterThan(needed);
});

test('the image has the Node that the tests have', () => {
  const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: { node: string } };
  expect(read('infra/docker/Dockerfile')).toContain(`library/node:${devDependencies.node}-`);
});

/* Each of these is a mistake that somebody makes: in the text of the file, then what is said of it. */
describe('it goes red when', () => {
  const text = read('docker-compose.yml');
  const without = (name: string) =>
    wrong({
      ...compose,
      services: Object.fromEntries(Object.entries(compose.services).filter(([each]) => each !== name)),
    });
  const service = (name: string, change: object) =>
    wrong({ ...compose, services: { ...compose.services, [name]: { ...compose.services[name]!, ...change } } });
  const environment = (name: string, change: Environment) =>
    service(name, { environment: { ...compose.services[name]!.environment, ...change } });
  const replaced = (from: string, to: string) => {
    expect(text).toContain(from);
    return wrong(parsed(text.replace(from, to)));
  };

  test.each<[string, () => string[], string]>([
    ['a service is left out', () => without('blog'), 'blog is missing'],
    ['a port differs', () => environment('blog', { PORT: '3005' }), 'blog: PORT is not 3002'],
    ['a route is forgotten', () => replaced(', "/feeds"]', ']'), 'UPSTREAMS: blog is not as in the topology'],
    [
      'a route class is forgotten',
      () => replaced('"POST /api/v1/posts/import": "upload"', ''),
      'UPSTREAMS: blog is not as in the topology',
    ],
    [
      'nobody waits for a migration',
      () => service('blog', { depends_on: {} }),
      'blog: does not wait for blog-migrate (service_completed_successfully)',
    ],
    ['a migration is gone', () => without('blog-migrate'), 'blog: has no migration'],
    [
      'one without a database gets a migration',
      () =>
        wrong({ ...compose, services: { ...compose.services, 'gateway-migrate': compose.services['blog-migrate']! } }),
      'gateway: has a migration and no database',
    ],
    [
      'a service becomes the owner',
      () => environment('blog', { DATABASE_OWNER_URL: 'postgres://x' }),
      'blog: is told how to become the owner of its schema',
    ],
    [
      "a service has another's database",
      () => replaced('postgres://blog:${BLOG_', 'postgres://identity:${IDENTITY_'),
      'blog: DATABASE_URL is not that of its own role',
    ],
    [
      'a variable is misspelt',
      () => environment('gateway', { CORS_ORIGIN: '*' }),
      'gateway: is given CORS_ORIGIN, which it does not take',
    ],
    ['somebody is root', () => service('redis', { user: '0:0' }), 'redis: runs as root, or as nobody in particular'],
    ['somebody may write', () => service('kafka', { read_only: false }), 'kafka: may write to its file system'],
    ['somebody keeps capabilities', () => service('postgres', { cap_add: ['CHOWN'] }), 'postgres: keeps capabilities'],
    ['a database is published', () => service('postgres', { ports: ['5432:5432'] }), 'postgres: publishes a port'],
    [
      'Grafana is shown to the network',
      () => service('grafana', { ports: ['3030:3000'] }),
      'grafana: publishes a port',
    ],
    ['an image has no version', () => service('redis', { image: 'redis:latest' }), 'redis: has no fixed version'],
    [
      'a secret has nobody who makes it',
      () => wrong(compose, example.replace('REDIS_PASSWORD=', '')),
      'REDIS_PASSWORD is missing in .env.example',
    ],
    [
      'a secret is committed',
      () => wrong(compose, example.replace('REDIS_PASSWORD=', 'REDIS_PASSWORD=redis')),
      'REDIS_PASSWORD is no secret in .env.example',
    ],
    [
      'two do not share a secret',
      () => environment('blog', { SERVICE_CLIENT_SECRET: 'another' }),
      'identity and its clients do not agree',
    ],
  ])('%s', (_mistake, make, said) => {
    expect(make()).toContain(said);
  });
});
