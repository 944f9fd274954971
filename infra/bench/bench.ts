import { workspace } from '@cairn/local/workspace';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { analyticsIngest } from './benches/analytics-ingest.ts';
import { analyticsReports } from './benches/analytics-reports.ts';
import { breaker } from './benches/breaker.ts';
import { caching } from './benches/caching.ts';
import { gateway } from './benches/gateway.ts';
import { graphql } from './benches/graphql.ts';
import { links } from './benches/links.ts';
import { messaging } from './benches/messaging.ts';
import { post } from './benches/post.ts';
import { posts } from './benches/posts.ts';
import { refresh } from './benches/refresh.ts';
import { start } from './benches/start.ts';
import { machine } from './machine.ts';
import { byLibrary, selfTimes, type SelfTime } from './profile.ts';
import { tables, write } from './report.ts';
import { measure } from './rounds.ts';
import type { Bench } from './side.ts';
import { System } from './system.ts';

const benches: readonly Bench[] = [
  gateway,
  breaker,
  post,
  posts,
  graphql,
  refresh,
  caching,
  messaging,
  links,
  analyticsIngest,
  analyticsReports,
  start,
];
const HELP = `npm run bench -- [${benches.map(({ name }) => name).join(' | ')} …] [options]

  (no name)        all of them; blog: post and posts
  --rounds 5       how often each side has its turn
  --seconds 4      how long a turn is
  --check          a moment each, once, and nothing is written: does every bench still run?
  --profile        instead: our side under load once, and where its processes spent their time
  --port-base 3400 from there upwards the first ports that are free
`;
/** What is asked of one service, by its name. */
const ofService: Record<string, readonly string[]> = { blog: ['post', 'posts'] };
const PAGE = path.join(workspace, 'docs/bench.md');
/** Long enough for a first answer where other things keep the processors busy. */
const CHECK_SECONDS = 1;
const SHOWN = 25;

const options = parse();
if (options) await main(options);

async function main({ chosen, rounds, seconds, check, profile, portBase }: NonNullable<ReturnType<typeof parse>>) {
  const system = await System.start(portBase);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void system.remove().finally(() => process.exit(1)));
  console.log(machine());
  try {
    for (const bench of chosen) {
      console.log(`\n${bench.name}`);
      if (profile) await profiled(bench, system, seconds);
      else {
        const contest = await bench.open(system);
        const result = { bench, contest, seconds, rounds: await measure(contest, rounds, seconds) };
        console.log(check ? 'runs' : tables(result));
        if (!check) write(PAGE, result);
      }
      await system.clear();
    }
  } finally {
    await system.remove();
  }
}

/** Each process writes its profile as it ends. */
async function profiled(bench: Bench, system: System, seconds: number): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cairn-profile-'));
  system.profiles = folder;
  const { sides } = await bench.open(system);
  const ours = sides.filter(({ isOurs }) => isOurs);
  for (const side of ours) await side.measure(seconds);
  const since = microseconds();
  for (const side of ours) console.log(side.name, await side.measure(seconds));
  const until = microseconds();
  await system.clear();
  for (const file of globSync(path.join(folder, '*.cpuprofile'))) {
    const times = selfTimes(file, since, until);
    console.log(`\n${path.basename(file, '.cpuprofile')}, by itself`);
    show(times);
    console.log('  and by library');
    show(byLibrary(times).slice(0, SHOWN / 2));
  }
  rmSync(folder, { recursive: true });
}

/** By the clock of profiles. */
function microseconds(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

function show(times: readonly SelfTime[]): void {
  for (const { where, share } of times.slice(0, SHOWN)) console.log(`  ${share.toFixed(1).padStart(5)} %  ${where}`);
}

function parse() {
  const flag = { type: 'boolean', default: false } as const;
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { check: flag, profile: flag, help: flag, rounds: text, seconds: text, 'port-base': text },
  });
  if (values.help) return void console.log(HELP);
  const named = positionals.flatMap((name) => ofService[name] ?? [name]);
  const unknown = named.find((name) => !benches.some((bench) => bench.name === name));
  if (unknown) {
    console.error(`There is no bench "${unknown}": choose from ${benches.map(({ name }) => name).join(', ')}.`);
    process.exit(1);
  }
  return {
    chosen: benches.filter(({ name }) => !named.length || named.includes(name)),
    rounds: values.check ? 1 : Number(values.rounds ?? 5),
    seconds: values.check ? CHECK_SECONDS : Number(values.seconds ?? 4),
    check: values.check,
    profile: values.profile,
    portBase: Number(values['port-base'] ?? 3400),
  };
}
