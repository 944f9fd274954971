import { origin, services } from '@cairn/local/topology';
import type { FastifyInstance } from 'fastify';

export async function health(app: FastifyInstance, { portBase }: { portBase: number }) {
  app.get('/health/live', () => ({ status: 'ok' }));

  app.get('/health/ready', async (_request, reply) => {
    const upstream = services.filter(([name]) => name !== 'gateway');
    const answers = await Promise.all(
      upstream.map(async ([name]) => [name, await probe(`${origin(portBase, name)}/health/ready`)] as const),
    );
    const ready = answers.every(([, answer]) => answer.status !== 'unavailable');
    return reply
      .status(ready ? 200 : 503)
      .send({ status: ready ? 'ok' : 'unavailable', services: Object.fromEntries(answers) });
  });
}

async function probe(url: string) {
  const since = performance.now();
  const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.json() as Promise<object>,
    () => ({ status: 'unavailable' }),
  );
  return { status: 'unavailable', ...answer, latencyMs: Math.round(performance.now() - since) };
}
