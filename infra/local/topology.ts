/**
 * The system in one file: every process, its port, the public routes that the gateway sends to it, its database, whom it calls and what
 * it waits for. The local runner and the gateway's configuration come from it.
 */
export interface Service {
  /** Added to the port base (3000 unless told otherwise). */
  readonly port: number;
  /** Path prefixes that the gateway sends to this service, unchanged. */
  readonly routes: readonly string[];
  /** Classes of limits (apps/gateway/src/route-classes.ts) of routes that are neither just read nor just written, as `POST /path`, or `GET /path/*` for all below it. */
  readonly classes?: Readonly<Record<string, string>>;
  /** Paths that pages of every origin may call, as they are embedded in them; else the gateway lets in only those that it is told. */
  readonly anyOrigin?: readonly string[];
  /** Path prefixes whose visitors are in no log. */
  readonly unnamed?: readonly string[];
  /** Whether it has a database of its own, named after it. */
  readonly database: boolean;
  /** Whether it serves a GraphQL subgraph. */
  readonly graphql: boolean;
  /** Services that it calls by a token of its own (client credentials). */
  readonly calls: readonly string[];
  /** What has to run for it to be ready. It is stopped before them. */
  readonly waitsFor: readonly string[];
}

export const topology = {
  identity: {
    port: 1,
    routes: [
      '/api/v1/users',
      '/api/v1/sessions',
      '/api/v1/profiles',
      '/api/v1/operations/identity',
      '/.well-known/jwks.json',
    ],
    classes: { 'POST /api/v1/sessions': 'sign-in', 'POST /api/v1/users': 'sign-in' },
    database: true,
    graphql: true,
    calls: [],
    waitsFor: ['postgres', 'redis'],
  },
  blog: {
    port: 2,
    routes: ['/api/v1/posts', '/api/v1/comments', '/api/v1/tags', '/api/v1/operations/blog', '/feeds'],
    classes: { 'POST /api/v1/posts/import': 'upload' },
    database: true,
    graphql: true,
    calls: ['identity'],
    waitsFor: ['postgres', 'redis', 'identity'],
  },
  links: {
    port: 3,
    routes: ['/api/v1/links', '/api/v1/link-hosts', '/api/v1/operations/links', '/s'],
    classes: { 'GET /s/*': 'redirect', 'POST /s/*': 'sign-in' },
    unnamed: ['/s'],
    database: true,
    graphql: true,
    calls: [],
    waitsFor: ['postgres', 'redis', 'identity'],
  },
  analytics: {
    port: 4,
    routes: ['/api/v1/sites', '/api/v1/collect', '/api/v1/operations/analytics', '/collect.js', '/analytics'],
    classes: { 'POST /api/v1/collect': 'collect' },
    anyOrigin: ['/api/v1/collect', '/collect.js'],
    unnamed: ['/api/v1/collect', '/collect.js'],
    database: true,
    graphql: true,
    calls: [],
    waitsFor: ['postgres', 'redis', 'identity'],
  },
  gateway: {
    port: 0,
    routes: [],
    database: false,
    graphql: false,
    calls: [],
    waitsFor: ['identity', 'blog', 'links', 'analytics'],
  },
} as const satisfies Record<string, Service>;

export type ServiceName = keyof typeof topology;
export const services = Object.entries(topology) as [ServiceName, Service][];

/** Ports of the backing services, added to the port base. Kafka runs only where it is the broker. */
export const backingPorts = { postgres: 32, redis: 79, kafka: 92 } as const;

/** What carries the events of all services; whoever waits for Redis waits for it too. */
export const brokers = ['redis', 'kafka'] as const;
export type BrokerName = (typeof brokers)[number];

/** One of the processes of a service: `npm start -- --scale blog=2` runs `blog` and `blog-2`. */
export interface Instance {
  readonly name: string;
  readonly service: ServiceName;
  /** 0 for the first. */
  readonly index: number;
}

/** Between the ports of an instance and the next. */
export const INSTANCE_STEP = 100;
export const MOST_INSTANCES = 9;

export const instancePort = (portBase: number, { service, index }: Pick<Instance, 'service' | 'index'>) =>
  portBase + INSTANCE_STEP * index + topology[service].port;

export const instanceOrigin = (portBase: number, instance: Pick<Instance, 'service' | 'index'>) =>
  `http://127.0.0.1:${instancePort(portBase, instance)}`;

/** That of the first instance. */
export const origin = (portBase: number, service: ServiceName) => instanceOrigin(portBase, { service, index: 0 });
