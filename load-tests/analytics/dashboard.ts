import { check } from 'k6';
import { ask } from '../lib/api.ts';
import { tokenOf } from '../lib/people.ts';
import { reportsOf, type Metrics, type WatchedSite } from './watched-site.ts';

/** The owner opens the page while hits come in: the curve, where people come from, how far they get, who is there now. */
export function lookAtReports(site: WatchedSite): void {
  const token = tokenOf(site.owner);
  if (!token) return;
  const get = (name: string, path: string) => ask('GET', path, { name, kind: 'read', token, expect: [200] });
  const read = (name: string, query: string) => get(name, `${reportsOf(site)}/${query}`);

  const curve = read('timeseries', 'timeseries?interval=hour&compare=previous');
  if (curve.ok) {
    const { totals, buckets } = curve.json<{ totals: Metrics; buckets: Metrics[] }>();
    const sum = (field: keyof Metrics) => buckets.reduce((all, bucket) => all + bucket[field], 0);
    check(curve, {
      'visits of the buckets add up to the total': () => sum('visits') === totals.visits,
      'visitors do not, they are fewer or as many': () => totals.visitors <= sum('visitors'),
      'nobody begins more sessions than visits and events': () => totals.sessions <= totals.visits + totals.events,
    });
  }
  for (const by of ['page', 'referrer', 'device', 'prop:plan']) {
    const found = read(`breakdown by ${by}`, `breakdown?by=${encodeURIComponent(by)}&limit=10`);
    if (found.ok) check(found, { 'ten values at most': () => found.json<{ items: unknown[] }>().items.length <= 10 });
  }
  const funnel = read('funnel', 'funnel?step=page:/screen/1&step=name:signup');
  if (funnel.ok) {
    const { steps } = funnel.json<{ steps: Metrics[] }>();
    check(funnel, { 'no step has more than the one before': () => steps[1]!.visitors <= steps[0]!.visitors });
  }
  get('realtime', `/api/v1/sites/${site.id}/realtime`);
}
