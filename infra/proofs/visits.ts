import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { StartedSystem } from '@cairn/local/started-system';
import { until } from '@cairn/local/until';
import { expectAnswer, newcomer } from './client.ts';
import { killBroker, killService } from './kill.ts';
import type { BrokerName } from './killable-system.ts';
import type { Proof } from './proof.ts';
import { randomFrom } from './random.ts';

const LINKS = 10;
const VISITORS = 8;
const STEADY_MS = 1_500;
const BROKER_GONE_MS = 3_000;
const COUNTED_WITHIN_MS = 60_000;
/** Each of them so often, in an order that the seed says. */
const DEATHS = 2;
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';

/** What the load generator has seen of one link. */
interface Seen {
  answered: number;
  /** Sent, and nobody can say whether it was a visit. */
  unanswered: number;
}

/**
 * With the broker away redirects go on, and link counters and analytics end up at what was answered. With links, analytics and Redis killed
 * in turn every answered visit is counted once, and any other counted one was sent and not answered.
 */
export const visits: Proof = {
  name: 'visits',
  async prove(system) {
    const seed = Number(process.env.CAIRN_SEED ?? Math.floor(Math.random() * 2 ** 31));
    try {
      const outage = await withoutBroker(system, 'redis');
      return `${outage}; ${await withDeaths(system, randomFrom(seed))}; CAIRN_SEED=${seed}`;
    } catch (error) {
      throw new Error(`CAIRN_SEED=${seed}: ${(error as Error).message}`, { cause: error });
    }
  },
};

/** The first half of it on the other broker. */
export const visitsOnKafka: Proof = {
  name: 'visits-on-kafka',
  options: ['--broker', 'kafka'],
  prove: (system) => withoutBroker(system, 'kafka'),
};

async function withoutBroker(system: StartedSystem, name: BrokerName): Promise<string> {
  const load = await Load.begin(system, `${system.gateway}/s`);
  await delay(STEADY_MS);
  await killBroker(system, name, BROKER_GONE_MS);
  await delay(STEADY_MS);
  await load.stop();
  const { answered, unanswered, failures } = load.totals();
  if (unanswered) throw new Error(`${name} killed: ${unanswered} visits had no redirect: ${failures}`);
  await load.verify();
  return `${name} away for ${BROKER_GONE_MS / 1_000} s: ${answered} of ${answered} visits redirected, ${load.created} links created, both counted exactly`;
}

async function withDeaths(system: StartedSystem, random: () => number): Promise<string> {
  // Not through the gateway, which sends a GET again: one visitor, two visits of which one was not answered.
  const load = await Load.begin(system, `${system.origin('links')}/s`);
  const victims = ['links', 'analytics', 'redis'].flatMap((name) => Array<string>(DEATHS).fill(name));
  const inTurn = victims.map((name) => ({ name, at: random() })).toSorted((a, b) => a.at - b.at);
  for (const { name: victim } of inTurn) {
    await delay(STEADY_MS * random());
    await (victim === 'redis' ? killBroker(system, 'redis', 0) : killService(system, victim));
  }
  await delay(STEADY_MS);
  await load.stop();
  const surplus = await load.verify();
  const { answered, unanswered } = load.totals();
  return `links, analytics and Redis killed ${DEATHS} times each: ${answered} answered visits counted once, and ${surplus} of ${unanswered} that were not answered`;
}

/** Visits links and creates more of them. */
class Load {
  created = 0;
  private readonly system: StartedSystem;
  private readonly api: string;
  private readonly door: string;
  private readonly token: string;
  private readonly seen = new Map<string, Seen>();
  private readonly failures = new Map<string, number>();
  private isRunning = true;
  private readonly loops: Promise<void>[] = [];

  private constructor(system: StartedSystem, door: string, token: string) {
    [this.system, this.door, this.token] = [system, door, token];
    this.api = `${system.gateway}/api/v1`;
  }

  static async begin(system: StartedSystem, door: string): Promise<Load> {
    const { token } = await newcomer(system.gateway, `v${randomBytes(5).toString('hex')}`);
    const load = new Load(system, door, token);
    await Promise.all(Array.from({ length: LINKS }, () => load.create()));
    for (const code of load.seen.keys()) await until('the link redirects', STEADY_MS, () => load.visit(code));
    load.loops.push(
      ...Array.from({ length: VISITORS }, (_, n) => load.visitAgainAndAgain(n)),
      load.createAgainAndAgain(),
    );
    return load;
  }

  async stop(): Promise<void> {
    this.isRunning = false;
    await Promise.all(this.loops);
  }

  totals() {
    const all = [...this.seen.values()];
    const sum = (of: keyof Seen) => all.reduce((total, each) => total + each[of], 0);
    return { answered: sum('answered'), unanswered: sum('unanswered'), failures: JSON.stringify([...this.failures]) };
  }

  /** Waits until both say the same, within what can be. Answers how many more were counted than answered. @throws Error */
  async verify(): Promise<number> {
    let wrong: readonly string[] = [];
    let surplus = 0;
    await until('everything is counted', COUNTED_WITHIN_MS, async () => {
      const hits = await this.hits();
      wrong = [];
      surplus = 0;
      for (const [code, { answered, unanswered }] of this.seen) {
        const counted = await this.counted(code);
        const isRight = hits.get(code) === counted && counted >= answered && counted <= answered + unanswered;
        if (!isRight) wrong = [...wrong, `${code}: ${answered} answered, ${unanswered} not, counter ${counted}, hits ${hits.get(code) ?? 0}`]; // prettier-ignore
        surplus += counted - answered;
      }
      return wrong.length === 0;
    }).catch((error: Error) => Promise.reject(new Error(`${error.message}: ${wrong.join('; ')}`)));
    return surplus;
  }

  private async counted(code: string): Promise<number> {
    const stats = await expectAnswer(200, `${this.api}/links/${code}/stats`, { token: this.token });
    return stats.visits as number;
  }

  /** As the database of analytics has them, whatever a report makes of them. */
  private async hits(): Promise<Map<string, number>> {
    const client = new pg.Client(databaseUrlOf(this.system, 'analytics'));
    await client.connect();
    try {
      const { rows } = await client.query<{ path: string; count: string }>(
        `SELECT path, count(*) FROM hits WHERE name = 'link-visit' AND path = ANY($1) GROUP BY path`,
        [[...this.seen.keys()].map((code) => `/s/${code}`)],
      );
      return new Map(rows.map(({ path, count }) => [path.slice('/s/'.length), Number(count)]));
    } finally {
      await client.end();
    }
  }

  private async create(): Promise<void> {
    const body = { url: `https://example.org/${randomBytes(6).toString('hex')}` };
    const { code } = await expectAnswer(201, `${this.api}/links`, { method: 'POST', body, token: this.token });
    this.created++;
    if (this.seen.size < LINKS) this.seen.set(code as string, { answered: 0, unanswered: 0 });
  }

  private async createAgainAndAgain(): Promise<void> {
    for (; this.isRunning; await delay(20)) await this.create().catch(() => undefined);
  }

  private async visitAgainAndAgain(begin: number): Promise<void> {
    const codes = [...this.seen.keys()];
    for (let n = begin; this.isRunning; n++) {
      if (!(await this.visit(codes[n % codes.length]!))) await delay(20);
    }
  }

  /** Answers whether there was a redirect. */
  private async visit(code: string): Promise<boolean> {
    const seen = this.seen.get(code)!;
    const outcome = await fetch(`${this.door}/${code}`, {
      redirect: 'manual',
      headers: { 'user-agent': BROWSER },
      signal: AbortSignal.timeout(10_000),
    }).then(
      async (answer) => {
        await answer.arrayBuffer();
        return answer.status;
      },
      (error: Error) => (error.cause as { code?: string } | undefined)?.code ?? error.name,
    );
    if (outcome === 302) seen.answered++;
    else if (outcome !== 'ECONNREFUSED') seen.unanswered++; // what was refused was not sent
    if (outcome !== 302) this.failures.set(String(outcome), (this.failures.get(String(outcome)) ?? 0) + 1);
    return outcome === 302;
  }
}

/** The runner gave it to the process. */
function databaseUrlOf(system: StartedSystem, service: string): string {
  const [pid] = system.processes(`apps/${service}/dist/main.js`);
  const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  return variables.find((each) => each.startsWith('DATABASE_URL='))!.slice('DATABASE_URL='.length);
}
