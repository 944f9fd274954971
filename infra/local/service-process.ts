import { hasEnded, ownGroup, Problem, stopChild } from '@cairn/backing';
import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Processes } from './processes.ts';
import { Killed, type Started } from './supervised.ts';
import { dataFolder, workspace } from './workspace.ts';

const READY_WITHIN_MS = 30_000;
/** So long one that is degraded may still find what it lacks: all start at once, and the keys of tokens come with identity. */
const WHOLE_WITHIN_MS = 3_000;
/** How long an instance may take to stop, once it takes no more requests. */
const STOP_MS = 1_500;

export interface ServiceProcessOptions {
  /** Of the instance: `blog-2`. */
  readonly name: string;
  /** Whose code it runs; unless told otherwise it has the same name. */
  readonly service?: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Of Node. */
  readonly nodeOptions?: readonly string[];
  readonly processes: Processes;
  readonly logFile: string;
  /** Default 30 s. */
  readonly readyWithinMs?: number;
  /** Aborted when nobody waits for it any more. */
  readonly givenUp?: AbortSignal;
}

/** Starts a service. Resolves when it is ready. @throws Problem when it is not: in its own words when it ended; else it is stopped */
export async function startServiceProcess(options: ServiceProcessOptions): Promise<Started> {
  const { name, environment, readyWithinMs = READY_WITHIN_MS, givenUp } = options;
  const { child, failed, words } = spawnService(options, 'main');
  let isListening = false;
  child.stdout!.on('data', (text: string) => (isListening ||= text.includes('"msg":"listening"')));
  const url = `http://127.0.0.1:${environment.PORT}/health/ready`;
  try {
    await Promise.race([failed, ready(child, url, () => isListening)]);
  } catch (error) {
    await stopChild(child, 'SIGTERM', stopMs(environment)); // it would keep the port from the next one
    throw error;
  }
  if (!hasEnded(child)) return { process: child, lastWords: () => lastWords(words()) };
  await failed;
  throw new Problem(`${name} ended as soon as it was ready.`);

  async function ready(started: ChildProcess, url: string, listens: () => boolean) {
    let since: number | undefined;
    for (const deadline = Date.now() + readyWithinMs; Date.now() < deadline; await delay(25)) {
      if (hasEnded(started) || options.processes.stopping) return;
      if (givenUp?.aborted) throw new Problem(`${name} is started again.`);
      // Its own word first: whoever answers on the port need not be ours.
      if (!listens()) continue;
      const health = await healthAt(url).catch(() => undefined);
      if (!health) continue;
      since ??= Date.now();
      if (health.status === 'ok' || Date.now() - since > WHOLE_WITHIN_MS) return;
    }
    throw new Problem(`${name} was not ready within ${readyWithinMs / 1000} s: see ${relative(options.logFile)}.`);
  }
}

/** Undefined while it takes no requests. */
async function healthAt(url: string): Promise<{ status: string } | undefined> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  return answer.ok ? ((await answer.json()) as { status: string }) : undefined;
}

/** In milliseconds, what it waits before it closes its port included. */
export const stopMs = ({ SHUTDOWN_DELAY_MS = '0' }: NodeJS.ProcessEnv) => STOP_MS + Number(SHUTDOWN_DELAY_MS);

/** Brings the schema of a service up to date. */
export async function migrateService(options: ServiceProcessOptions): Promise<void> {
  const { child, failed } = spawnService(options, 'migrate');
  await Promise.race([failed, new Promise<void>((resolve) => child.once('close', (code) => code === 0 && resolve()))]);
}

function spawnService(
  { name, service = name, environment, nodeOptions = [], processes, logFile }: ServiceProcessOptions,
  entry: 'main' | 'migrate',
) {
  // Tracing patches what it traces as it is loaded, so that it has to come first.
  const tracing = environment.OTEL_EXPORTER_OTLP_ENDPOINT ? ['--import', '@cairn/observability/instrument'] : [];
  const child = spawn(process.execPath, [...nodeOptions, ...tracing, `apps/${service}/dist/${entry}.js`], {
    ...ownGroup,
    cwd: workspace,
    // What V8 has compiled is kept for the next start: a fifth of the time until a service is ready.
    env: { NODE_COMPILE_CACHE: path.join(dataFolder, 'compile-cache'), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  processes.add(name, child);
  const log = createWriteStream(logFile, { flags: 'a' }).on('error', () => {}); // a full disk must not end the runner
  let words = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding('utf8').on('data', (text: string) => log.write(text));
  child.stderr!.on('data', (text: string) => (words = (words + text).slice(-8_000)));
  const failed = new Promise<never>((_resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      log.end();
      if (code === 0) return;
      const silent = signal ? `it was ended by ${signal}.` : `it said nothing; see ${relative(logFile)}.`;
      const sentence = `${name} could not ${entry === 'main' ? 'start' : entry}: ${lastWords(words) || silent}`;
      reject(signal ? new Killed(sentence) : new Problem(sentence));
    });
  });
  failed.catch(() => {}); // who has been ready before is no failed start
  return { child, failed, words: () => words };
}

/** The sentences that a process printed before it ended, without stack traces. */
export function lastWords(stderr: string): string {
  const lines = stderr
    .split('\n')
    .filter((line) => line.trim() && !/^\s+at /.test(line) && !/^(\(node:|\(Use `node)/.test(line));
  const thrown = lines.find(
    (line) => /^(Uncaught )?[A-Z]\w*(Error|Exception)?( \[.*\])?: /.test(line) && /Error|Exception/.test(line),
  );
  const sentences = thrown ? [thrown] : lines.slice(-5);
  return sentences.join('\n');
}

const relative = (file: string) => path.relative(process.cwd(), file);
