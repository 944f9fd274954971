import { Problem } from '@cairn/backing';
import { parseArgs } from 'node:util';
import { DEMO_PASSWORD } from './environment.ts';

export interface ImportOptions {
  readonly folder: string;
  readonly api: string;
  readonly login: string;
  readonly password: string;
}

export const IMPORT_HELP = `npm run import -- blog <folder> [options]

  Makes a post of every Markdown file (*.md) below the folder, and brings it up to date when it is run again.

  --as ada                        who writes the posts
  --api http://127.0.0.1:3000     where the system is
  --help                          this text

  CAIRN_LOGIN, CAIRN_PASSWORD     the account; without them a demo account of the system on this machine
`;

/** Undefined when help is asked for. @throws Problem for what it does not understand */
export function parseImportOptions(args: readonly string[], env: NodeJS.ProcessEnv): ImportOptions | undefined {
  const { values, positionals } = parsed(args);
  if (values.help) return undefined;
  const [service, folder, ...more] = positionals;
  if (service !== 'blog' || !folder || more.length)
    throw new Problem('Say what to import: `npm run import -- blog <folder>`.');
  const api = originOf(values.api ?? 'http://127.0.0.1:3000');
  const password = env.CAIRN_PASSWORD ?? DEMO_PASSWORD;
  if (!env.CAIRN_PASSWORD && !isLocal(api))
    throw new Problem(`Set CAIRN_LOGIN and CAIRN_PASSWORD: ${api} has no demo account.`);
  return { folder, api, login: values.as ?? env.CAIRN_LOGIN ?? 'ada', password };
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    const options = { as: text, api: text, help: { type: 'boolean' } } as const;
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    const [sentence] = (error as Error).message.split(/\.\s/);
    throw new Problem(`${sentence}: \`npm run import -- --help\` lists what there is.`);
  }
}

export function originOf(text: string): string {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw new Problem(`--api takes an address such as http://127.0.0.1:3000, not "${text}".`);
  return url.origin;
}

export const isLocal = (origin: string) => ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(origin).hostname);
