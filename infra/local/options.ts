import { Problem } from '@cairn/backing';
import { parseArgs } from 'node:util';
import type { Scale } from './plan.ts';
import { backingPorts, brokers, type BrokerName, INSTANCE_STEP, MOST_INSTANCES } from './topology.ts';

export interface Options {
  readonly services: readonly string[];
  readonly scale: Scale;
  readonly portBase: number;
  readonly broker: BrokerName;
  readonly empty: boolean;
  readonly watch: boolean;
  readonly help: boolean;
}

export const HELP = `npm start -- [service …] [options]

  (no service)        starts everything
  blog                starts only blog and what it needs
  --empty             leaves the system empty: no demo world
  --scale blog=2      runs two instances of blog, behind one gateway: \`blog\` and, 100 ports above it, \`blog-2\`
                      (more: \`--scale blog=2 identity=3\`, each up to 9)
  --broker kafka      events through a real Kafka instead of Redis Streams (Java and Maven are found or installed)
  --watch             builds again and restarts the service whose files change
  --port-base 4000    moves every port, so that two clones run side by side (3000 unless told otherwise)
  --help              this text

  DATABASE_URL        a PostgreSQL server on which roles and databases may be created, instead of the embedded one
  REDIS_URL           a running Redis, instead of a private one
  KAFKA_BROKERS       a running Kafka, as host:port, for --broker kafka
  CAIRN_DATA          the folder for the data, instead of .cairn

npm run import        makes posts of Markdown files: \`npm run import -- --help\`
npm run fault         makes a service slow or wrong for a while: \`npm run fault -- --help\`
npm run dead-letters  shows, replays and discards events that could not be handled: \`npm run dead-letters -- --help\`
npm run events        shows live what services tell each other: \`npm run events -- --help\`
npm run sql           asks the database of a service: \`npm run sql -- --help\`
npm run reset         removes the data
`;

/** @throws Problem for what it does not know */
export function parseOptions(args: readonly string[]): Options {
  const { values, positionals } = parsed(args);
  const isScale = (text: string) => values.scale !== undefined && text.includes('=');
  const scale = scaleOf([...(values.scale ?? []), ...positionals.filter(isScale)]);
  const portBase = Number(values['port-base'] ?? 3000);
  const furthest = INSTANCE_STEP * Math.max(0, ...Object.values(scale).map((count) => count - 1));
  const highest = 65_535 - Math.max(...Object.values(backingPorts)) - furthest;
  if (!Number.isInteger(portBase) || portBase < 1024 || portBase > highest)
    throw new Problem(`--port-base takes a number from 1024 to ${highest}, not "${values['port-base']}".`);
  const broker = brokers.find((name) => name === (values.broker ?? 'redis'));
  if (!broker) throw new Problem(`--broker takes ${brokers.join(' or ')}, not "${values.broker}".`);
  const { empty = false, watch = false, help = false } = values;
  return { services: positionals.filter((text) => !isScale(text)), scale, portBase, broker, empty, watch, help };
}

function parsed(args: readonly string[]) {
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        empty: flag,
        watch: flag,
        help: flag,
        broker: { type: 'string' },
        'port-base': { type: 'string' },
        scale: { type: 'string', multiple: true },
      },
    });
  } catch (error) {
    const [sentence] = (error as Error).message.split(/\.\s/);
    throw new Problem(`${sentence}: \`npm start -- --help\` lists what there is.`);
  }
}

/** Of `blog=2`, `identity=3`. Whether there are such services is for the plan to say. */
function scaleOf(texts: readonly string[]): Scale {
  const scale: Record<string, number> = {};
  for (const text of texts) {
    const [, name, count] = /^([^=]+)=(\d+)$/.exec(text) ?? [];
    if (!name || Number(count) < 1 || Number(count) > MOST_INSTANCES)
      throw new Problem(
        `--scale takes a service and a number from 1 to ${MOST_INSTANCES}, as in blog=2, not "${text}".`,
      );
    if (Object.hasOwn(scale, name)) throw new Problem(`--scale names ${name} twice.`);
    scale[name] = Number(count);
  }
  return scale;
}
