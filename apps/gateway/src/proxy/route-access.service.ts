import { Job, type JobProvider } from '@cairn/service';
import { Inject, Injectable } from '@nestjs/common';
import createRouter, { type HTTPMethod } from 'find-my-way';
import { OpenApiDocuments } from '../docs/open-api-documents.service.ts';
import type { TokenUse } from '../edge/admission.service.ts';
import type { Upstream } from './upstream.client.ts';

type Security = readonly object[];
interface Description {
  readonly paths: Record<string, Record<string, { readonly security?: Security }>>;
}
type Router = ReturnType<typeof createRouter>;

/**
 * Which routes want a token, read every few seconds from what the services declare of themselves in their API descriptions. What is
 * not known, because a service has not answered yet or has no such route, is left to the service, which decides in the end anyway.
 */
@Job({ name: 'read-route-access', everyMs: 10_000 })
@Injectable()
export class RouteAccess implements JobProvider {
  private readonly routers = new Map<string, { etag: string; router: Router }>();

  constructor(
    @Inject('upstreams') private readonly upstreams: readonly Upstream[],
    private readonly documents: OpenApiDocuments,
  ) {}

  of(upstream: string, method: string, path: string): TokenUse {
    const found = this.routers.get(upstream)?.router.find((method === 'HEAD' ? 'GET' : method) as HTTPMethod, path);
    return found ? (found.store as TokenUse) : 'unknown';
  }

  async run(): Promise<void> {
    await Promise.all(this.upstreams.map(({ name }) => this.read(name).catch(() => undefined))); // the last one holds
  }

  private async read(name: string): Promise<void> {
    const { text, etag } = await this.documents.get(name);
    if (this.routers.get(name)?.etag === etag) return;
    this.routers.set(name, { etag, router: routerOf(JSON.parse(text) as Description) });
  }
}

function routerOf({ paths }: Description): Router {
  const router = createRouter({ maxParamLength: 1_024 });
  for (const [path, operations] of Object.entries(paths))
    for (const [method, { security }] of Object.entries(operations))
      router.on(method.toUpperCase() as HTTPMethod, path.replace(/\{(\w+)\}/g, ':$1'), () => {}, useOf(security));
  return router;
}

/** OpenAPI 3.1, security requirement: an empty one among several makes it optional, an empty list says that none is looked at. */
function useOf(security: Security = []): TokenUse {
  if (security.length === 0) return 'ignored';
  return security.some((requirement) => Object.keys(requirement).length === 0) ? 'verified' : 'required';
}
