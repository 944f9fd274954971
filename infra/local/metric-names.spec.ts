import { expect, test } from '@jest/globals';
import { globSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { read, type Compose } from './compose-check.ts';
import { isShown, metricsIn, shownMetrics } from './metric-names.ts';
import { workspace } from './workspace.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}
const ALERTS = 'infra/grafana/alerts.yml';
const { groups } = parse(read(ALERTS)) as { groups: { rules: Rule[] }[] };
const alerts = groups.flatMap(({ rules }) => rules);
const shown = shownMetrics();
const unknown = (expression: string) => metricsIn(expression).filter((name) => !isShown(name, shown));

test('every figure that an alert asks for is shown by the code', () => {
  for (const { alert, expr } of alerts) {
    expect([alert, metricsIn(expr)]).not.toEqual([alert, []]);
    expect([alert, unknown(expr)]).toEqual([alert, []]);
  }
});

test('every figure of the dashboards is shown by the code', () => {
  const files = globSync('infra/grafana/dashboards/*.json', { cwd: workspace });
  expect(files.length).toBeGreaterThan(0);
  for (const file of files)
    for (const { title, targets } of (JSON.parse(read(file)) as { panels: Panel[] }).panels)
      for (const { expr } of targets ?? []) expect([file, title, unknown(expr)]).toEqual([file, title, []]);
});
interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

test('whatever can be lost has an alert', () => {
  const asked = alerts.flatMap(({ expr }) => metricsIn(expr));
  const losses = [...shown].filter((name) => /_(lost|dropped)_total$/.test(name));
  expect(losses.length).toBeGreaterThan(1);
  expect(losses.filter((name) => !asked.includes(name))).toEqual([]);
});

test('each alert has a name of its own, wakes somebody or does not, and says what is wrong where', () => {
  expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
  for (const { labels, annotations } of alerts) {
    expect(['page', 'ticket']).toContain(labels.severity);
    expect(annotations.summary).toMatch(/\{\{ \$/);
  }
});

test('Prometheus reads the alerts, in Compose too', () => {
  const { rule_files: files } = parse(read('infra/grafana/prometheus.yml')) as { rule_files: string[] };
  expect(files).toEqual([path.basename(ALERTS)]);
  const { services } = parse(read('docker-compose.yml'), { merge: true }) as Compose;
  expect(services.prometheus!.volumes).toContain(`./${ALERTS}:/etc/prometheus/${path.basename(ALERTS)}:ro`);
});

test.each([
  ['sum by (service, le) (rate(a_bucket{status="5xx", x=~"$y"}[5m])) / b_total > 0.01', ['a_bucket', 'b_total']],
  ['increase(a_b[5m]) > 5 unless on (job) c_d < 60', ['a_b', 'c_d']],
  ['sum(rate(a_b{x="{y}"}[$__rate_interval])) or vector(0)', ['a_b']],
  ['max without (pod) (up) == 0 and a:b:c', ['up', 'a:b:c']],
])('%s asks for %j', (expression, names) => expect(metricsIn(expression)).toEqual(names));

test('a figure that nobody shows is found', () => {
  expect(unknown('rate(fact_spool_droped_total[5m]) > link_visits_lost_total')).toEqual(['fact_spool_droped_total']);
  expect(unknown('http_server_request_duration_seconds_bucket + nodejs_eventloop_lag_p99_seconds')).toEqual([]);
});
