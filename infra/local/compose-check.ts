import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { services, topology, type ServiceName } from './topology.ts';
import { workspace } from './workspace.ts';

/*
 * What docker-compose.yml says of the services has to be what the topology says, and nobody in it may more than they need. Each check
 * answers what is wrong in words, so that compose.spec.ts can show, on copies that it breaks on purpose, that it would notice.
 */

export type Environment = Record<string, string | null>;
export interface Container {
  readonly image: string;
  readonly user?: string;
  readonly build?: {
    readonly dockerfile: string;
    readonly args: { readonly SERVICE: string };
  };
  readonly command?: readonly string[];
  readonly environment?: Environment;
  readonly depends_on?: Record<string, { readonly condition: string }>;
  readonly ports?: readonly string[];
  readonly profiles?: readonly string[];
  readonly networks?: readonly string[];
  readonly volumes?: readonly string[];
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly mem_limit?: string;
}
export interface Compose {
  readonly services: Record<string, Container>;
  readonly networks: Record<string, unknown>;
  readonly volumes: Record<string, unknown>;
}

export const read = (file: string) => readFileSync(path.join(workspace, file), 'utf8');
const example = read('.env.example');

/** As in `npm start`, with the port base that it has unless told otherwise. */
export const port = (name: ServiceName) => 3000 + topology[name].port;
const origin = (name: ServiceName) => `http://${name}:${port(name)}`;
const prefix = (name: string) => name.toUpperCase().replaceAll('-', '_');

const uses = (name: ServiceName, library: string) =>
  library in ((JSON.parse(read(`apps/${name}/package.json`)) as { dependencies: object }).dependencies ?? {});

/** The environment that a service takes is in its README, written from its schema by `generate`. */
const variablesOf = (name: ServiceName) =>
  new Set([...read(`apps/${name}/README.md`).matchAll(/^\| `([A-Z0-9_]+)` \|/gm)].map(([, variable]) => variable!));
/** Those of libs/messaging. */
const MESSAGING = ['BROKER', 'KAFKA_BROKERS'];

/** `postgres://role:${VARIABLE:?…}@postgres:5432/database`, with the variable named after the service. */
const databaseUrl = (name: ServiceName, role: string, variable: string) =>
  new RegExp(`^postgres://${role}:\\$\\{${prefix(name)}_${variable}:\\?[^}]+\\}@postgres:5432/${name}$`);

/** One sentence for each thing that is wrong. */
export function wrong({ services: containers, networks }: Compose, envExample = example): string[] {
  return [
    ...services.flatMap(([name]) => wrongService(name, containers)),
    ...wrongGateway(containers),
    ...Object.entries(containers).flatMap(([name, container]) => wrongContainer(name, container, containers)),
    ...(Object.keys(networks).length === 1 ? [] : ['there is more than one network']),
    ...wrongSecrets(containers, envExample),
  ];
}

function wrongService(name: ServiceName, containers: Record<string, Container>): string[] {
  const container = containers[name];
  if (!container) return [`${name} is missing`];
  const { environment = {}, depends_on: waitsFor = {}, build } = container;
  const { database, calls, waitsFor: expected } = topology[name];
  const migration = containers[`${name}-migrate`];
  const found: string[] = [];
  const expectThat = (holds: unknown, words: string) => void (holds || found.push(`${name}: ${words}`));

  expectThat(build?.args.SERVICE === name, 'is not built from the Dockerfile as itself');
  expectThat(environment.PORT === String(port(name)), `PORT is not ${port(name)}`);
  expectThat(environment.JWKS_URL === `${origin('identity')}/.well-known/jwks.json`, 'JWKS_URL is not identity');
  if (calls.length) expectThat(environment.IDENTITY_URL === origin('identity'), 'IDENTITY_URL is not identity');
  expectThat(!('DATABASE_OWNER_URL' in environment), 'is told how to become the owner of its schema');

  const needed: Record<string, string> = Object.fromEntries(
    expected.map((other) =>
      other === 'postgres' ? [`${name}-migrate`, 'service_completed_successfully'] : [other, 'service_healthy'],
    ),
  );
  if (environment.REDIS_URL) needed.redis = 'service_healthy';
  if (uses(name, '@cairn/messaging')) {
    needed.kafka = 'service_healthy';
    expectThat(
      environment.BROKER === 'kafka' && environment.KAFKA_BROKERS === 'kafka:9092',
      'has not Kafka for broker',
    );
  }
  for (const [other, condition] of Object.entries(needed))
    expectThat(waitsFor[other]?.condition === condition, `does not wait for ${other} (${condition})`);
  for (const other of Object.keys(waitsFor))
    expectThat(other in needed, `waits for ${other}, as the topology does not`);

  expectThat(Boolean(migration) === database, database ? 'has no migration' : 'has a migration and no database');
  expectThat('DATABASE_URL' in environment === database, database ? 'has no DATABASE_URL' : 'has a DATABASE_URL');
  if (database && migration) {
    const url = databaseUrl(name, name, 'DATABASE_PASSWORD');
    expectThat(url.test(environment.DATABASE_URL ?? ''), 'DATABASE_URL is not that of its own role');
    expectThat(migration.environment?.DATABASE_URL === environment.DATABASE_URL, 'migrates another database');
    const owner = databaseUrl(name, `${name}_owner`, 'OWNER_PASSWORD');
    expectThat(owner.test(migration.environment?.DATABASE_OWNER_URL ?? ''), 'does not migrate as the owner');
    expectThat(migration.image === container.image, 'migrates by another image');
    expectThat(existsSync(path.join(workspace, `apps/${name}/src/migrate.ts`)), 'has no migrate.ts');
    expectThat(migration.command?.join() === 'dist/migrate.js', 'its migration runs something else');
    expectThat(
      migration.depends_on?.databases?.condition === 'service_completed_successfully',
      'migrates before there is a database',
    );
    expectThat(containers.databases?.command?.includes(name), 'nobody makes its database');
    for (const variable of ['DATABASE_PASSWORD', 'OWNER_PASSWORD'])
      expectThat(
        `${prefix(name)}_${variable}` in (containers.databases?.environment ?? {}),
        `databases lacks its ${variable}`,
      );
  }

  const known = variablesOf(name);
  if (uses(name, '@cairn/messaging')) for (const variable of MESSAGING) known.add(variable);
  for (const variable of [...Object.keys(environment), ...Object.keys(migration?.environment ?? {})])
    expectThat(known.has(variable), `is given ${variable}, which it does not take`);
  return found;
}

function wrongGateway({ gateway, identity, ...others }: Record<string, Container>): string[] {
  const found: string[] = [];
  const upstreams = Object.fromEntries(
    services
      .filter(([, { routes }]) => routes.length)
      .map(([name, { routes, classes = {}, anyOrigin = [], unnamed = [] }]) => [name, { origins: [origin(name)], routes, classes, anyOrigin, unnamed }]), // prettier-ignore
  );
  const given = json(gateway?.environment?.UPSTREAMS);
  for (const name of new Set([...Object.keys(upstreams), ...Object.keys(given)]))
    if (canonical({ classes: {}, anyOrigin: [], unnamed: [], ...given[name] }) !== canonical(upstreams[name]))
      found.push(`UPSTREAMS: ${name} is not as in the topology`);
  const clients = Object.fromEntries(
    services
      .filter(([, { calls }]) => calls.length)
      .map(([name]) => [name, others[name]?.environment?.SERVICE_CLIENT_SECRET]),
  );
  if (canonical(json(identity?.environment?.SERVICE_CLIENTS)) !== canonical(clients))
    found.push('identity and its clients do not agree');
  return found;
}

const json = (text: string | null | undefined) => JSON.parse(text ?? '{}') as Record<string, object>;
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort())
      : inner,
  ) ?? '';

/** Who may be reached from outside: the one public door, and the page of whoever looks on, from this machine only. */
const PUBLISHED: Record<string, RegExp> = { gateway: /:3000$/, grafana: /^127\.0\.0\.1:/ };

function wrongContainer(name: string, container: Container, containers: Record<string, Container>): string[] {
  const found: string[] = [];
  const expectThat = (holds: unknown, words: string) => void (holds || found.push(`${name}: ${words}`));
  expectThat(/^[1-9]\d*:\d+$/.test(container.user ?? ''), 'runs as root, or as nobody in particular');
  expectThat(container.read_only === true, 'may write to its file system');
  expectThat(container.cap_drop?.join() === 'ALL' && !container.cap_add, 'keeps capabilities');
  expectThat(
    container.security_opt?.includes('no-new-privileges:true') && !container.privileged,
    'may gain privileges',
  );
  expectThat(container.mem_limit, 'has no memory limit');
  expectThat(container.networks?.join() === 'cairn', 'is not in the one network');
  for (const published of container.ports ?? []) expectThat(PUBLISHED[name]?.test(published), 'publishes a port');
  const isOurs = container.image.startsWith('cairn/');
  expectThat(isOurs ? container.build : /:v?\d+\.\d+[\w.-]*$/.test(container.image), 'has no fixed version');
  if (!isOurs) return found;
  const [, service = ''] = /^([a-z-]+?)(-migrate)?$/.exec(name) ?? [];
  expectThat(service === 'databases' || service in topology, 'is not in the topology');
  const isOnce = name === 'databases' || name.endsWith('-migrate');
  expectThat(!isOnce || name in containers, 'unknown job');
  return found;
}

/** Whatever `:?` asks for is in .env.example; what is empty there is a secret that `npm run compose:env` makes. */
function wrongSecrets(containers: Record<string, Container>, envExample: string): string[] {
  const offered = new Set([...envExample.matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name!));
  const asked = [...JSON.stringify(containers).matchAll(/\$\{([A-Z_]+):\?/g)].map(([, name]) => name!);
  const unset = new Set(asked.filter((name) => !new RegExp(`^${name}=$`, 'm').test(envExample)));
  return [...unset].map((name) => `${name} is ${offered.has(name) ? 'no secret' : 'missing'} in .env.example`);
}
