import type { ServiceDatabase } from '@cairn/backing';
import type { Plan } from './plan.ts';
import {
  instanceOrigin,
  instancePort,
  origin,
  services,
  topology,
  type Instance,
  type ServiceName,
} from './topology.ts';

/** The demo world's accounts: their password is no secret, it is printed. */
export const DEMO_PASSWORD = 'cairn-demo-2026';
export const FIRST_ADMIN = { email: 'admin@cairn.example', username: 'admin' } as const;

/** Of each class of routes. Person, demo world and load tests all come from one address: `ROUTE_CLASSES` in the environment says which class has others. */
const AMPLE = { burst: 100_000, perMinute: 6_000_000 };
const LOCAL_LIMITS = {
  read: AMPLE,
  write: AMPLE,
  graph: AMPLE,
  'sign-in': AMPLE,
  redirect: AMPLE,
  upload: AMPLE,
  collect: AMPLE,
};

/** The name of the text that `npm run fault` proves itself by. */
export const FAULT_SECRET = 'fault dials';

/** One of several instances goes on taking requests that long after it says that it goes: the gateway asks each twice a second. */
export const DRAIN_MS = 1_500;

export interface Surroundings {
  readonly plan: Plan;
  readonly portBase: number;
  readonly empty: boolean;
  readonly redisUrl: string;
  /** Undefined: events go by Redis. */
  readonly kafkaBrokers?: string | undefined;
  /** Where facts wait while the broker is away. */
  readonly spoolFolder: string;
  readonly databases: ReadonlyMap<string, ServiceDatabase>;
  /** A random text of this clone, the same at every start. */
  readonly secret: (name: string) => string;
  /** What the person has set; it goes before what we would choose, save for what the plan decides. */
  readonly inherited: NodeJS.ProcessEnv;
}

/** The environment of an instance that serves, in full: each parses its part of it by its own schema. */
export function environmentOf(instance: Instance, surroundings: Surroundings): NodeJS.ProcessEnv {
  const { service: name } = instance;
  const { portBase, redisUrl, kafkaBrokers, spoolFolder, databases, secret, inherited } = surroundings;
  const { DATABASE_URL: _server, DATABASE_OWNER_URL: _owner, ...kept } = inherited;
  const database = databases.get(name);
  return {
    NODE_ENV: 'development',
    ...(name === 'identity' && identityDefaults(surroundings)),
    ...(['blog', 'links', 'analytics'].includes(name) && { PUBLIC_URL: origin(portBase, 'gateway') }),
    ...(['links', 'analytics'].includes(name) && { SPOOL_DIRECTORY: spoolFolder }),
    ...(name === 'links' && { CODE_SECRET: secret('link codes') }),
    ...(name === 'gateway' && { MAX_IN_FLIGHT_PER_CLIENT: '2000' }),
    ...(name !== 'gateway' && isForDevelopment(inherited) && faultDials(surroundings)),
    ...(isScaled(name, surroundings) && { SHUTDOWN_DELAY_MS: String(DRAIN_MS) }),
    ...(database && poolSize(surroundings)),
    ...kept,
    ...(name === 'gateway' && { ROUTE_CLASSES: routeClasses(inherited.ROUTE_CLASSES) }),
    PORT: String(instancePort(portBase, instance)),
    HOST: '127.0.0.1',
    ...(name !== 'gateway' && { TRUSTED_PROXIES: '127.0.0.1' }), // in front of the gateway are strangers
    JWKS_URL: `${origin(portBase, 'identity')}/.well-known/jwks.json`,
    REDIS_URL: redisUrl,
    ...(kafkaBrokers === undefined ? { BROKER: 'redis' } : { BROKER: 'kafka', KAFKA_BROKERS: kafkaBrokers }),
    ...(database && { DATABASE_URL: database.url }),
    ...(topology[name].calls.length && {
      IDENTITY_URL: origin(portBase, 'identity'),
      SERVICE_CLIENT_SECRET: secret(`client ${name}`),
    }),
    ...(name === 'identity' && { SERVICE_CLIENTS: JSON.stringify(serviceClients(secret)) }),
    ...(name === 'gateway' && { UPSTREAMS: JSON.stringify(upstreams(surroundings)) }),
  };
}

/** That of `migrate`: it alone may change the schema. */
export const migrationEnvironmentOf = (name: ServiceName, surroundings: Surroundings): NodeJS.ProcessEnv => ({
  ...environmentOf({ name, service: name, index: 0 }, surroundings),
  DATABASE_OWNER_URL: surroundings.databases.get(name)?.ownerUrl,
});

/** So that `npm run fault` can break it. Who sets NODE_ENV to production gets what that has: no dials. */
const faultDials = ({ secret }: Surroundings) => ({ FAULT_DIALS: 'true', FAULT_DIALS_SECRET: secret(FAULT_SECRET) });
const isForDevelopment = ({ NODE_ENV }: NodeJS.ProcessEnv) => NODE_ENV !== 'production';

/** What the person has set goes before our own, class by class. What is not JSON is for the gateway to refuse. */
function routeClasses(own = '{}'): string {
  try {
    return JSON.stringify({ ...LOCAL_LIMITS, ...(JSON.parse(own) as object) });
  } catch {
    return own;
  }
}

const isScaled = (name: ServiceName, { plan }: Surroundings) =>
  plan.instances.some(({ service, index }) => service === name && index > 0);

/** PostgreSQL takes 100 connections unless told otherwise: what is left of them after readiness and migrations, shared out. */
const CONNECTIONS = 80;
function poolSize({ plan }: Surroundings) {
  const share = Math.floor(CONNECTIONS / plan.instances.filter(({ service }) => topology[service].database).length);
  return share < 20 && { DATABASE_POOL_SIZE: String(share) };
}

const identityDefaults = ({ empty, secret }: Surroundings) => ({
  KEY_ENCRYPTION_SECRET: secret('key encryption'),
  SIGN_UP_ROLE: 'author',
  SIGN_UPS_PER_HOUR: '100000', // demo world, load tests and person all come from one address
  ...(!empty && {
    FIRST_ADMIN_EMAIL: FIRST_ADMIN.email,
    FIRST_ADMIN_USERNAME: FIRST_ADMIN.username,
    FIRST_ADMIN_PASSWORD: DEMO_PASSWORD,
  }),
});

const serviceClients = (secret: Surroundings['secret']) =>
  Object.fromEntries(
    services.filter(([, { calls }]) => calls.length).map(([name]) => [name, secret(`client ${name}`)]),
  );

/** Where the gateway sends what: the origins of every instance. A service that does not run is listed too: it is a 503 then, not a 404. */
const upstreams = ({ plan, portBase }: Surroundings) =>
  Object.fromEntries(
    services
      .filter(([, { routes }]) => routes.length)
      .map(([name, { routes, classes, anyOrigin, unnamed }]) => [name, { origins: originsOf(name, plan, portBase), routes, classes, anyOrigin, unnamed }]), // prettier-ignore
  );

function originsOf(name: ServiceName, { instances }: Plan, portBase: number): string[] {
  const running = instances.filter(({ service }) => service === name);
  return running.length ? running.map((each) => instanceOrigin(portBase, each)) : [origin(portBase, name)];
}
