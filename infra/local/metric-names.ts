import { globSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { read } from './compose-check.ts';
import { workspace } from './workspace.ts';

type Prometheus = {
  readonly Registry: new () => { getMetricsAsArray(): { readonly name: string }[] };
  readonly collectDefaultMetrics: (options: { register: object }) => void;
};

/** The figures that a service shows at GET /metrics, as its code names them, and those of Prometheus itself. */
export function shownMetrics(): Set<string> {
  const names = new Set(['up']);
  for (const file of globSync('{apps,libs}/*/src/**/*.ts', { cwd: workspace })) {
    if (/spec\.ts$/.test(file)) continue;
    const text = read(file);
    if (!/\b(gauge|counter)\(|new (Gauge|Counter|Histogram)\(/.test(text)) continue;
    // Also of those that are shown in a loop: `counted('cache_loads_total', …)`.
    for (const [, name] of text.matchAll(/'([a-z]+(?:_[a-z0-9]+)+)'/g)) names.add(name!);
  }
  const ofTheProcess = createRequire(path.join(workspace, 'libs/observability/package.json'))('prom-client') as Prometheus; // prettier-ignore
  const register = new ofTheProcess.Registry();
  ofTheProcess.collectDefaultMetrics({ register });
  for (const { name } of register.getMetricsAsArray()) names.add(name);
  return names;
}

/** What is no figure though it stands where one does. */
const WORDS = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan']);

/** The figures that an expression in PromQL asks for. */
export function metricsIn(expression: string): string[] {
  const bare = expression
    .replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '')
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, ' ')
    .replaceAll(/\b(by|without|on|ignoring|group_left|group_right)\s*(\([^)]*\))?/g, ' ');
  return [...bare.matchAll(/(?<![\w:$.])[a-z_:][\w:]*(?!\s*\()\b(?!\s*\()/gi)]
    .map(([name]) => name)
    .filter((name) => !WORDS.has(name));
}

/** A histogram is asked by its parts. */
export const isShown = (name: string, shown: ReadonlySet<string>): boolean =>
  shown.has(name) || shown.has(name.replace(/_(bucket|count|sum)$/, ''));
