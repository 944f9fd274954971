/**
 * The system in one file: every process, its port, the public routes that the gateway sends to it, its database and what it waits for.
 * The local runner, the gateway and the health page read it.
 */
export interface Service {
  /** Added to the port base (3000 unless told otherwise). */
  readonly port: number;
  /** Path prefixes that the gateway sends to this service, unchanged. */
  readonly routes: readonly string[];
  readonly database: boolean;
  readonly waitsFor: readonly string[];
}

export const topology = {
  identity: {
    port: 1,
    routes: ['/api/v1/users', '/api/v1/sessions', '/.well-known/jwks.json'],
    database: true,
    waitsFor: ['postgres'],
  },
  blog: { port: 2, routes: ['/api/v1/posts'], database: true, waitsFor: ['postgres', 'redis', 'identity'] },
  gateway: { port: 0, routes: [], database: false, waitsFor: ['identity', 'blog'] },
} as const satisfies Record<string, Service>;

export type ServiceName = keyof typeof topology;
export const services = Object.entries(topology) as [ServiceName, Service][];

/** Ports of the backing services, added to the port base. */
export const backingPorts = { postgres: 32, redis: 79 } as const;

export const origin = (portBase: number, name: ServiceName) => `http://127.0.0.1:${portBase + topology[name].port}`;
