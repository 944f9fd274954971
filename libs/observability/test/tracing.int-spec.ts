import { afterEach, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import { createInterface } from 'node:readline';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly service: string;
  readonly version: string;
}

/** Takes OTLP over HTTP as JSON, as a collector does. */
async function collector() {
  const spans: Span[] = [];
  const server = createServer(async (request, response) => {
    const { resourceSpans } = (await json(request)) as {
      resourceSpans: {
        resource: { attributes: { key: string; value: { stringValue: string } }[] };
        scopeSpans: { spans: Span[] }[];
      }[];
    };
    for (const { resource, scopeSpans } of resourceSpans) {
      const told = (name: string) => resource.attributes.find(({ key }) => key === name)!.value.stringValue;
      const [service, version] = [told('service.name'), told('service.version')];
      for (const scope of scopeSpans) spans.push(...scope.spans.map((span) => ({ ...span, service, version })));
    }
    response.setHeader('content-type', 'application/json').end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(() => new Promise((resolve) => server.close(resolve)));
  return { spans, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function service(env: Record<string, string>) {
  const file = (name: string) => path.join(import.meta.dirname, name);
  const child: ChildProcess = spawn(
    process.execPath,
    ['--no-warnings', '--import', file('../src/instrument.ts'), file('traced-service.ts')],
    { env: { ...process.env, NODE_OPTIONS: '', DATABASE_URL: process.env.TEST_POSTGRES_URL, ...env } },
  );
  const exit = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await exit;
  };
  stops.push(stop);
  let errors = '';
  child.stderr!.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const lines: Record<string, string>[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout!).on('line', (text) => {
      const line = JSON.parse(text) as Record<string, string>;
      lines.push(line);
      if (line.msg === 'listening') resolve(line.url!);
    });
    child.once('exit', () => reject(new Error(errors)));
  });
  return { url, lines, stop };
}

const work = (url: string) =>
  fetch(`${url}/work`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-request-id': 'r-1',
      traceparent: `00-${traceId}-b7ad6b7169203331-01`,
    },
    body: '{}',
  });

test('one trace id goes from the HTTP client through both services into PostgreSQL, and is in their logs', async () => {
  const { spans, url } = await collector();
  const otel = { OTEL_EXPORTER_OTLP_ENDPOINT: url };
  const back = await service({ ...otel, OTEL_SERVICE_NAME: 'back', VERSION: '1.2.0' });
  const front = await service({ ...otel, OTEL_SERVICE_NAME: 'front', UPSTREAM: back.url });
  const answer = await work(front.url);
  expect(await answer.json()).toEqual({ answer: 42 });
  await front.stop();
  await back.stop();

  expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const query = spans.find(({ name }) => name.startsWith('pg.query'))!;
  const services: string[] = [];
  for (let span: Span | undefined = query; span; span = byId.get(span.parentSpanId ?? '')) {
    if (services.at(-1) !== span.service) services.push(span.service);
  }
  expect(query.version).toBe('1.2.0');
  expect(services).toEqual(['back', 'front']); // from the query up to the request of the first client, unbroken

  for (const { lines } of [front, back]) {
    const written = lines.find(({ msg }) => msg === 'request')!;
    expect(written).toMatchObject({ traceId, requestId: 'r-1' });
    expect(byId.has(written.spanId!)).toBe(true);
  }
  expect(byId.has(back.lines.find(({ msg }) => msg === 'asking')!.spanId!)).toBe(true);
});

test('without a collector nothing is recorded, and the trace still crosses', async () => {
  const back = await service({ OTEL_EXPORTER_OTLP_ENDPOINT: '' });
  const front = await service({ OTEL_EXPORTER_OTLP_ENDPOINT: '', UPSTREAM: back.url });
  await work(front.url);
  await front.stop();
  await back.stop();
  expect(back.lines.find(({ msg }) => msg === 'request')).toMatchObject({ traceId, requestId: 'r-1' });
});
