import { Problem } from '@cairn/backing';
import { workspace } from '@cairn/local/workspace';
import { globSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

export const profileNames = ['smoke', 'load', 'stress', 'soak', 'spike'] as const;
export type ProfileName = (typeof profileNames)[number];

/** A script is a folder below `load-tests` with a `main.ts`. */
export const scriptNames = globSync('load-tests/*/main.ts', { cwd: workspace })
  .map((file) => path.basename(path.dirname(file)))
  .sort();

export interface LoadOptions {
  readonly scripts: readonly string[];
  readonly profile: ProfileName;
  /** Where the system must be running; without it, where it may be. */
  readonly url: string | undefined;
  readonly portBase: number;
  readonly keep: boolean;
}

export const LOAD_HELP = `npm run load -- [${scriptNames.join(' | ')} …] [options]

  (no name)                   all of them, one after another
  --profile smoke             ${profileNames.join(', ')}; smoke unless told otherwise
  --url http://127.0.0.1:3000 the system that is to be loaded; without it the one that runs on this machine, or one of its own
  --port-base 4000            where to look for the one that runs on this machine (3000 unless told otherwise)
  --keep                      leaves the users and posts that were made, and the data of a system of its own
  --help                      this text

  SOAK_MINUTES                how long a soak takes, instead of 10
  K6                          the k6 to use; else the one on the PATH, else .k6/k6, which Go builds when it is not there

Exit code 1 when a threshold fails. A report with graphs is left in reports/load.
`;

/** Undefined when help is asked for. @throws Problem for what it does not know */
export function parseLoadOptions(args: readonly string[]): LoadOptions | undefined {
  const { values, positionals } = parsed(args);
  if (values.help) return undefined;
  const unknown = positionals.find((name) => !scriptNames.includes(name));
  if (unknown !== undefined)
    throw new Problem(`There is no load test "${unknown}": choose from ${scriptNames.join(', ')}.`);
  const portBase = Number(values['port-base'] ?? 3000);
  if (!Number.isInteger(portBase) || portBase < 1024 || portBase > 65_000)
    throw new Problem(`--port-base takes a number from 1024 to 65000, not "${values['port-base']}".`);
  return {
    scripts: positionals.length ? [...new Set(positionals)] : scriptNames,
    profile: profileNamed(values.profile ?? 'smoke'),
    url: values.url === undefined ? undefined : originOf(values.url),
    portBase,
    keep: values.keep ?? false,
  };
}

function profileNamed(text: string): ProfileName {
  const found = profileNames.find((name) => name === text);
  if (!found) throw new Problem(`There is no profile "${text}": choose from ${profileNames.join(', ')}.`);
  return found;
}

function originOf(text: string): string {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw new Problem(`--url takes an address such as http://127.0.0.1:3000, not "${text}".`);
  return url.origin;
}

function parsed(args: readonly string[]) {
  const [text, flag] = [{ type: 'string' }, { type: 'boolean' }] as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { profile: text, url: text, 'port-base': text, keep: flag, help: flag },
    });
  } catch (error) {
    const [sentence] = (error as Error).message.split(/\.\s/);
    throw new Problem(`${sentence}: \`npm run load -- --help\` lists what there is.`);
  }
}
