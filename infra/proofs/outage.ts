import { setTimeout as delay } from 'node:timers/promises';
import { killBroker, killService, restarted } from './kill.ts';
import { Load, type Sample } from './load.ts';
import type { Proof } from './proof.ts';
import type { StartedSystem } from '@cairn/local/started-system';

const RECOVERY_MS = 5_000;
const STEADY_MS = 3_000;
const FROZEN_MS = 8_000;
const REDIS_GONE_MS = 4_000;
/** Less than the server is frozen: nobody waits for it to come back. */
const ANSWER_MS = 7_000;

interface Outage {
  readonly name: string;
  /** Causes it. Resolves when what was gone accepts connections again. */
  readonly cause: (system: StartedSystem) => Promise<void>;
  /** Seen in somebody's readiness meanwhile. */
  readonly dependency?: string;
  /** Only 2xx meanwhile. */
  readonly unnoticed?: true;
  /** The gateway may have to cut an answer that had begun, or not know (502) whether a change was made. */
  readonly mayCut?: true;
}

const outages: readonly Outage[] = [
  { name: 'PostgreSQL killed', dependency: 'postgres', cause: killPostgres },
  { name: 'PostgreSQL frozen for 8 s', dependency: 'postgres', cause: freezePostgres },
  {
    name: 'Redis killed for 4 s',
    dependency: 'revocations',
    cause: (system) => killBroker(system, 'redis', REDIS_GONE_MS),
    unnoticed: true,
  },
  { name: 'blog killed', cause: (system) => killService(system, 'blog'), mayCut: true },
];

/** What is gone is a clear 503 and only where it is indispensable; it comes back without a restart; what was acknowledged is there once. */
export const outage: Proof = {
  name: 'outage',
  async prove(system) {
    const load = new Load(system.gateway);
    await load.start();
    const seen: string[] = [];
    try {
      for (const each of outages) seen.push(await during(each, system, load));
    } finally {
      await load.stop();
    }
    const { posts, comments } = await load.verify();
    return `${seen.join('; ')}; ${posts} posts and ${comments} comments acknowledged, each there once`;
  },
};

async function during(outage: Outage, system: StartedSystem, load: Load): Promise<string> {
  await delay(STEADY_MS);
  const began = performance.now();
  const readiness = watchReadiness(system, outage.dependency);
  await outage.cause(system);
  const back = performance.now();
  await delay(RECOVERY_MS + STEADY_MS);
  const wasNamed = await readiness.stop();

  const steady = load.samples.filter((sample) => sample.ended < began && sample.began > began - STEADY_MS);
  check(outage, steady.filter(fails), 'before it');
  const samples = load.samples.filter((sample) => sample.ended >= began);
  check(
    outage,
    samples.filter((sample) => !isRight(sample, outage)),
    'meanwhile',
  );
  const slow = samples.filter(({ began: from, ended }) => ended - from > ANSWER_MS);
  check(outage, slow, `after more than ${ANSWER_MS / 1000} s`);
  const failed = samples.filter(fails);
  const recovered = Math.max(0, ...failed.map((sample) => sample.began - back));
  const late = failed.filter((sample) => sample.began > back + RECOVERY_MS);
  check(outage, late, `${RECOVERY_MS / 1000} s after it accepted connections`);
  const after = samples.filter((sample) => sample.began > back + RECOVERY_MS);
  if (!after.length) throw new Error(`${outage.name}: nothing was asked afterwards`);
  if (outage.dependency && !wasNamed) throw new Error(`${outage.name}: readiness did not name ${outage.dependency}`);
  const slowest = Math.max(...samples.map(({ began: from, ended }) => ended - from));
  return `${outage.name}: ${failed.length} of ${samples.length} requests failed, the slowest took ${seconds(slowest)}, whole again ${seconds(recovered)} after it was back`;
}

const fails = ({ status }: Sample) => status === 'none' || status >= 300;

function isRight(sample: Sample, { unnoticed, mayCut }: Outage): boolean {
  if (!fails(sample)) return true;
  if (unnoticed) return false;
  return sample.status === 'none' || sample.status === 502 ? mayCut === true : sample.status === 503 && sample.clear;
}

function check({ name }: Outage, wrong: readonly Sample[], when: string) {
  if (!wrong.length) return;
  const kinds = Map.groupBy(
    wrong,
    ({ what, status, clear }) => `${what}: ${status}${clear ? '' : ' (not a problem+json)'}`,
  );
  const list = [...kinds].map(([kind, samples]) => `${kind}, ${samples.length} times`);
  throw new Error(`${name}, ${when}: ${list.join('; ')}`);
}

/** Asks blog's readiness all the while whether it names what is missing. */
function watchReadiness(system: StartedSystem, dependency: string | undefined) {
  let watching = dependency !== undefined;
  const watch = async () => {
    let named = false;
    for (; watching; await delay(20)) {
      const answer = await fetch(`${system.origin('blog')}/health/ready`).catch(() => undefined);
      const ready = (await answer?.json()) as { dependencies: Record<string, { status: string }> } | undefined;
      named ||= ready?.dependencies[dependency!]?.status === 'unavailable';
    }
    return named;
  };
  const watched = watch();
  return {
    stop: () => {
      watching = false;
      return watched;
    },
  };
}

/** The runner starts it again by itself. */
async function killPostgres(system: StartedSystem) {
  const before = system.count('postgres is ready again');
  process.kill(system.postgresPid, 'SIGKILL');
  await restarted(system, 'postgres', before);
}

/** All of its processes: connections and what listens for new ones. */
async function freezePostgres(system: StartedSystem) {
  const pids = [system.postgresPid, ...system.childrenOf(system.postgresPid)];
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  await delay(FROZEN_MS);
  for (const pid of pids.reverse()) process.kill(pid, 'SIGCONT');
}

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;
