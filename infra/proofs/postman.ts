import newman, { type Summary } from 'newman';
import type { Proof } from './proof.ts';

/** The Postman collection that the gateway hands out, run by newman: every request of it, and what its tests say. */
export const postman: Proof = {
  name: 'postman',
  async prove(system) {
    const { run } = await newmanOn(`${system.gateway}/docs/postman.json`, system.gateway);
    const failures = run.failures.map(({ source, error }) => `${source?.name}: ${error.test ?? ''} ${error.message}`);
    if (failures.length) throw new Error(failures.join('\n'));
    const { requests, assertions } = run.stats;
    if (!requests.total || !assertions.total) throw new Error('The collection asked for nothing');
    return `${requests.total} requests, ${assertions.total} assertions`;
  },
};

async function newmanOn(collection: string, baseUrl: string): Promise<Summary> {
  const answer = await fetch(collection);
  if (!answer.ok) throw new Error(`${collection}: ${answer.status}`);
  const options = { collection: (await answer.json()) as object, envVar: [{ key: 'baseUrl', value: baseUrl }] };
  return new Promise((resolve, reject) =>
    newman.run(options, (error, summary) => (error ? reject(error) : resolve(summary))),
  );
}
