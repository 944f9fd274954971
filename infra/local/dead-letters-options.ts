import { Problem } from '@cairn/backing';
import { parseArgs } from 'node:util';
import { isLocal, originOf } from './import-options.ts';

export const DEAD_LETTERS_HELP = `npm run dead-letters -- list|show|replay|discard [service] [id …] [options]

  list                what could not be handled, of every service; \`list blog\` of one
  show blog 17        one of them, with the record as it came and the stack
  replay blog 17 18   tries them again: under the same id, before what waits behind them
  discard blog 17     gives them up: what waits behind them goes on
  --all               instead of ids: every one of the service
  --type blog.post-published.v1, --group blog, --key <id>
                      instead of ids: those that match; also for list
  --api https://api.example.org
                      where the system is; without it, the one on this machine
  --help              this text

  CAIRN_TOKEN         an admin's access token; without it, the first admin of the demo world signs in
`;

export type DeadLettersAction = 'list' | 'show' | 'replay' | 'discard';
const ACTIONS: readonly string[] = ['list', 'show', 'replay', 'discard'] satisfies DeadLettersAction[];

export interface DeadLettersOptions {
  readonly action: DeadLettersAction;
  /** All of them when undefined; only where they are listed. */
  readonly service: string | undefined;
  readonly ids: readonly string[];
  readonly filter: { readonly type?: string; readonly group?: string; readonly key?: string };
  readonly isAll: boolean;
  /** Of the system on this machine when undefined. */
  readonly api: string | undefined;
}

/** Undefined when help is asked for. @throws Problem for what it does not understand */
export function parseDeadLettersOptions(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): DeadLettersOptions | undefined {
  const { values, positionals } = parsed(args);
  if (values.help) return undefined;
  const { all: isAll = false, api: address, help: _, ...filter } = values;
  const [action = 'list', service, ...ids] = positionals;
  if (!ACTIONS.includes(action)) throw new Problem(`Say what to do: ${ACTIONS.join(', ')}, not "${action}".`);
  const wrong = ids.find((id) => !/^\d{1,18}$/.test(id));
  if (wrong !== undefined) throw new Problem(`"${wrong}" is no id: \`list\` shows those that there are.`);
  const api = address === undefined ? undefined : originOf(address);
  if (api !== undefined && !isLocal(api) && !env.CAIRN_TOKEN)
    throw new Problem(`Set CAIRN_TOKEN to an admin's access token: ${api} has no demo account.`);
  const options = { action: action as DeadLettersAction, service, ids, filter, isAll, api };
  const problem = problemOf(options);
  if (problem) throw new Problem(problem);
  return options;
}

function problemOf({ action, service, ids, filter, isAll }: DeadLettersOptions): string | undefined {
  const hasFilter = Object.keys(filter).length > 0;
  if (action === 'list') return ids.length || isAll ? '`list` takes a service and a filter, no ids.' : undefined;
  if (!service) return `Say of which service, as in \`npm run dead-letters -- ${action} blog 17\`.`;
  if (action === 'show') return ids.length === 1 && !hasFilter && !isAll ? undefined : '`show` takes one id.';
  const ways = [ids.length > 0, hasFilter, isAll].filter(Boolean).length;
  if (ways === 0) return `Say which to ${action}: ids, --all, or --type, --group or --key.`;
  return ways > 1 ? 'Ids, --all and a filter exclude each other.' : undefined;
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    const options = { type: text, group: text, key: text, api: text, all: flag, help: flag } as const;
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    const [sentence] = (error as Error).message.split(/\.\s/);
    throw new Problem(`${sentence}: \`npm run dead-letters -- --help\` lists what there is.`);
  }
}
