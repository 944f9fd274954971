import { Problem } from '@cairn/backing';
import { parseArgs } from 'node:util';
import { backingPorts } from './topology.ts';

export interface Options {
  readonly services: readonly string[];
  readonly portBase: number;
  readonly empty: boolean;
  readonly watch: boolean;
  readonly help: boolean;
}

export const HELP = `npm start -- [service …] [options]

  (no service)        starts everything
  blog                starts only blog and what it needs
  --empty             leaves the system empty: no demo world
  --watch             builds again and restarts the service whose files change
  --port-base 4000    moves every port, so that two clones run side by side (3000 unless told otherwise)
  --help              this text

  DATABASE_URL        a PostgreSQL server on which roles and databases may be created, instead of the embedded one
  REDIS_URL           a running Redis, instead of a private one
  CAIRN_DATA          the folder for the data, instead of .cairn

npm run import        makes posts of Markdown files: \`npm run import -- --help\`
npm run reset         removes the data
`;

/** @throws Problem for what it does not know */
export function parseOptions(args: readonly string[]): Options {
  const { values, positionals } = parsed(args);
  const portBase = Number(values['port-base'] ?? 3000);
  const highest = 65_535 - Math.max(...Object.values(backingPorts));
  if (!Number.isInteger(portBase) || portBase < 1024 || portBase > highest)
    throw new Problem(`--port-base takes a number from 1024 to ${highest}, not "${values['port-base']}".`);
  const { empty = false, watch = false, help = false } = values;
  return { services: positionals, portBase, empty, watch, help };
}

function parsed(args: readonly string[]) {
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { empty: flag, watch: flag, help: flag, 'port-base': { type: 'string' } },
    });
  } catch (error) {
    const [sentence] = (error as Error).message.split(/\.\s/);
    throw new Problem(`${sentence}: \`npm start -- --help\` lists what there is.`);
  }
}
