import { isBelow } from './public-path.ts';

export interface Routed<Upstream> {
  readonly prefix: string;
  readonly upstream: Upstream;
}

/** Who answers a raw request target, by the longest public prefix, and of which class the request is. */
export class RouteTable<
  Upstream extends {
    readonly config: {
      routes: readonly string[];
      classes: object;
      anyOrigin?: readonly string[];
      unnamed?: readonly string[];
    };
  },
> {
  private readonly routes: readonly Routed<Upstream>[];
  private readonly anyOrigin: readonly string[];
  private readonly unnamed: readonly string[];
  /** By method; the longest path first. */
  private readonly classes = new Map<string, { path: string; name: string }[]>();

  constructor(upstreams: readonly Upstream[]) {
    const longestFirst = (a: string, b: string) => b.length - a.length;
    this.routes = upstreams
      .flatMap((upstream) => upstream.config.routes.map((prefix) => ({ prefix, upstream })))
      .sort((a, b) => longestFirst(a.prefix, b.prefix));
    this.anyOrigin = upstreams.flatMap(({ config }) => config.anyOrigin ?? []);
    this.unnamed = upstreams.flatMap(({ config }) => config.unnamed ?? []);
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

  /** Whether pages of every origin may call it. */
  isForAnyOrigin(target: string): boolean {
    return this.anyOrigin.length > 0 && this.anyOrigin.some((path) => isAt(path, decoded(target)));
  }

  /** Whether who asks for it is to be in no log. */
  isUnnamed(target: string): boolean {
    return this.unnamed.some((prefix) => target.startsWith(prefix) && isBelow(prefix, target));
  }

  /**
   * The path itself, not what lies below it: `POST /api/v1/users` makes an account, below it is something else. One that ends in `/*` is
   * of all that lies below. HEAD is of the class of GET.
   */
  classOf(method: string, target: string): string {
    const known = this.classes.get(method === 'HEAD' ? 'GET' : method);
    const special = known && known.find(({ path }) => isAt(path, decoded(target)));
    return special?.name ?? (method === 'GET' || method === 'HEAD' ? 'read' : 'write');
  }
}

function isAt(path: string, target: string): boolean {
  if (path.endsWith('/*')) return target.startsWith(path.slice(0, -1));
  if (!target.startsWith(path)) return false;
  return target.length === path.length || target[path.length] === '?' || target.slice(path.length) === '/';
}

/** However it is spelled, a service decodes it before it looks whose path it is. What cannot be decoded has been refused. */
const decoded = (target: string) => (target.includes('%') ? decodeURIComponent(target.split('?', 1)[0]!) : target);
