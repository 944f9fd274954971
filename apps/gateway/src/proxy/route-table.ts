import { isBelow } from './public-path.ts';

export interface Routed<Upstream> {
  readonly prefix: string;
  readonly upstream: Upstream;
}

/** Who answers a raw request target, by the longest public prefix, and of which class the request is. */
export class RouteTable<Upstream extends { readonly config: { routes: readonly string[]; classes: object } }> {
  private readonly routes: readonly Routed<Upstream>[];
  /** By method; the longest path first. */
  private readonly classes = new Map<string, { path: string; name: string }[]>();

  constructor(upstreams: readonly Upstream[]) {
    const longestFirst = (a: string, b: string) => b.length - a.length;
    this.routes = upstreams
      .flatMap((upstream) => upstream.config.routes.map((prefix) => ({ prefix, upstream })))
      .sort((a, b) => longestFirst(a.prefix, b.prefix));
    for (const { config } of upstreams)
      for (const [route, name] of Object.entries(config.classes)) {
        const [method = '', path = ''] = route.split(' ');
        const known = this.classes.get(method) ?? [];
        this.classes.set(method, [...known, { path, name }].sort((a, b) => longestFirst(a.path, b.path))); // prettier-ignore
      }
  }

  find(target: string): Routed<Upstream> | undefined {
    return this.routes.find(({ prefix }) => target.startsWith(prefix) && isBelow(prefix, target));
  }

  /** The path itself, not what lies below it: `POST /api/v1/users` makes an account, below it is something else. */
  classOf(method: string, target: string): string {
    const special = this.classes.get(method)?.find(({ path }) => isAt(path, decoded(target)));
    return special?.name ?? (method === 'GET' || method === 'HEAD' ? 'read' : 'write');
  }
}

const isAt = (path: string, target: string) =>
  target.startsWith(path) && (target.length === path.length || target[path.length] === '?' || target.slice(path.length) === '/'); // prettier-ignore

/** However it is spelled, a service decodes it before it looks whose path it is. What cannot be decoded has been refused. */
const decoded = (target: string) => (target.includes('%') ? decodeURIComponent(target.split('?', 1)[0]!) : target);
