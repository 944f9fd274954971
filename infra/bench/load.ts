import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { cpuSeconds } from './cpu-seconds.ts';
import type { Figures } from './side.ts';
import type { Running } from './system.ts';

export interface Request {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Seen {
  readonly requests: number;
  readonly seconds: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Answers that were no 2xx or 3xx. */
  readonly wrong: number;
  /** Requests that had no answer. */
  readonly lost: number;
}

/**
 * One request again and again on so many connections, and what each costs the processor in the process that answers: this also tells
 * something where others keep the processors busy. @throws Error when one was not answered well
 */
export async function load(
  { process: { pid } }: Pick<Running, 'process'>,
  request: Request,
  seconds: number,
  connections = 64,
): Promise<Figures> {
  const before = cpuSeconds(pid!);
  const seen = await (tool === 'wrk' ? wrk : autocannon)(request, seconds, connections);
  const { requests, wrong, lost } = seen;
  if (wrong || lost || !requests)
    throw new Error(`${request.url}: ${requests} answers, ${wrong} of them wrong, and ${lost} lost`);
  return {
    'requests/s': requests / seen.seconds,
    'requests/core s': requests / (cpuSeconds(pid!) - before),
    'p50 ms': seen.p50,
    'p99 ms': seen.p99,
  };
}

/** wrk where it is on the PATH: it takes a fifth of the processor time that a client in Node takes from the servers beside it. */
export const tool = isThere('wrk') ? 'wrk' : 'autocannon';

function isThere(program: string): boolean {
  try {
    execFileSync(program, ['-v'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT'; // wrk -v ends with 1
  }
}

async function wrk({ url, method = 'GET', headers = {}, body }: Request, seconds: number, connections: number) {
  const named = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const script = path.join(import.meta.dirname, 'load.lua');
  const child = spawn(
    'wrk',
    ['-t1', `-c${connections}`, `-d${Math.ceil(seconds) + 1}s`, '--timeout', '10s', '-s', script, ...named, url],
    {
      env: { ...process.env, BENCH_METHOD: method, ...(body && { BENCH_BODY: body }) },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const timer = setTimeout(() => child.kill('SIGINT'), seconds * 1000); // it knows whole seconds only, and ends well by this
  await once(child, 'close');
  clearTimeout(timer);
  const line = output.split('\n').find((each) => each.startsWith('{'));
  if (!line) throw new Error(`wrk failed:\n${output}`);
  const told = JSON.parse(line) as Record<'requests' | 'micros' | 'p50' | 'p99' | 'wrong' | 'lost', number>;
  return {
    requests: told.requests,
    seconds: told.micros / 1e6,
    p50: told.p50 / 1000,
    p99: told.p99 / 1000,
    wrong: told.wrong,
    lost: told.lost,
  } satisfies Seen;
}

async function autocannon(request: Request, seconds: number, connections: number): Promise<Seen> {
  const { default: cannon } = await import('autocannon');
  const { url, method = 'GET', headers, body } = request;
  const told = await cannon({
    url,
    method: method as 'GET',
    headers: { ...headers },
    body,
    connections,
    duration: seconds,
  });
  const { p50, p99 } = told.latency;
  const wrong = told['4xx'] + told['5xx'];
  const lost = told.errors + told.timeouts;
  return { requests: told.requests.total, seconds: told.duration, p50, p99, wrong, lost };
}
