import { Pool } from 'undici';
import { cpuSeconds } from '../cpu-seconds.ts';
import { author, IDENTITY } from '../people.ts';
import { ratio, type Bench, type Figures } from '../side.ts';
import type { Running } from '../system.ts';

const SESSIONS = 64;

export const refresh: Bench = {
  name: 'refresh',
  question: `\`POST /api/v1/sessions/refresh\` on identity, by ${SESSIONS} sessions that each use every token once; per second of the processor that identity’s process takes, since client and PostgreSQL share the cores. Beside it what the same transaction and signature cost with fastify, pg and node:crypto alone.`,
  async open(system) {
    const identity = await system.service('identity', IDENTITY);
    const { signIn, refreshToken } = await author(system, 'bench');
    const raw = await system.side('raw-refresh', {
      DATABASE_URL: system.database('identity').url,
      SESSION: refreshToken.split('.')[0],
    });
    const tokens: string[] = [];
    while (tokens.length < SESSIONS) tokens.push((await signIn()).refreshToken);
    return {
      sides: [
        { name: 'identity', isOurs: true, measure: (seconds) => rotate(identity, tokens, seconds) },
        { name: 'fastify + pg + crypto', measure: (seconds) => rotate(raw, [...tokens], seconds) },
      ],
      goals: [
        {
          what: 'refreshes per second of one core',
          unit: '/s',
          atLeast: 1000,
          value: (round) => round.identity!['/core s']!,
        },
        {
          what: 'identity ÷ fastify + pg + crypto, by core',
          unit: '×',
          value: ratio('/core s', 'identity', 'fastify + pg + crypto'),
        },
      ],
    };
  },
};

/** Each session asks with the token that it was answered with last, and leaves the next one in `tokens`. */
async function rotate({ origin, process: { pid } }: Running, tokens: string[], seconds: number): Promise<Figures> {
  const pool = new Pool(origin, { connections: tokens.length });
  const before = cpuSeconds(pid!);
  const since = performance.now();
  let count = 0;
  const session = async (index: number) => {
    while (performance.now() - since < seconds * 1000) {
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: '/api/v1/sessions/refresh',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ refreshToken: tokens[index] }),
      });
      const answer = (await body.json()) as { refreshToken: string };
      if (statusCode !== 200) throw new Error(`A refresh was answered ${statusCode}: ${JSON.stringify(answer)}`);
      tokens[index] = answer.refreshToken;
      count++;
    }
  };
  await Promise.all(tokens.map((_, index) => session(index)));
  const took = (performance.now() - since) / 1000;
  const cpu = cpuSeconds(pid!) - before;
  await pool.close();
  return { 'refreshes/s': count / took, '/core s': count / cpu, 'ms of a core each': (cpu / count) * 1000 };
}
