import { Problem } from '@cairn/backing';
import { DialSchema, type Dial } from '@cairn/resilience/fault-dials';
import { parseArgs } from 'node:util';

export const FAULT_HELP = `npm run fault -- [service] [options]

  (nothing)           shows what is set
  blog --latency 2000 every request to blog waits for 2 s first; in milliseconds, up to 60000
  --errors 0.5        half of them fail with a 500
  --cut 0.2           a fifth of them lose their connection
  --path /api/v1/tags only this path and those below it
  --seconds 30        ends by itself after that time (120 unless told otherwise, 3600 at most)
  --off               ends it now, of every service unless one is named
  --help              this text

All instances of the service are dialled; /health is spared. One that starts again has forgotten it.
`;

export interface FaultOptions {
  /** All of them when undefined. */
  readonly service: string | undefined;
  readonly action: 'show' | 'off' | 'help' | Partial<Dial>;
}

/** The options that a dial is made of, by their names in it. */
const OPTIONS = { latencyMs: 'latency', errors: 'errors', cut: 'cut', seconds: 'seconds', path: 'path' } as const;

/** @throws Problem for what it does not understand */
export function parseFaultOptions(args: readonly string[]): FaultOptions {
  const { values, positionals } = parsed(args);
  const [service, ...more] = positionals;
  if (values.help) return { service, action: 'help' };
  if (more.length) throw new Problem(`One service at a time: "${more[0]}" is one too many.`);
  const given = Object.entries(OPTIONS).flatMap(([name, option]) => {
    const text = values[option];
    return text === undefined ? [] : [[name, name === 'path' ? text : numberIn(text)] as const];
  });
  if (values.off && given.length) throw new Problem('--off takes nothing else than a service.');
  if (values.off) return { service, action: 'off' };
  if (!given.length) return { service, action: 'show' };
  if (!service) throw new Problem('Say which service, as in `npm run fault -- blog --latency 2000`.');
  const dial = Object.fromEntries(given);
  const { error } = DialSchema.safeParse(dial);
  if (error) throw new Problem(sentenceOf(error.issues[0]!, values));
  return { service, action: dial };
}

/** The text itself where it is none, for the schema to refuse: `Number` would take '' and '0x1' too. */
const numberIn = (text: string) => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : text);

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** What the schema found wrong, in the words of the command line. */
function sentenceOf({ path: [name], message }: Issue, values: Readonly<Record<string, unknown>>): string {
  const option = OPTIONS[name as keyof Dial];
  const wrong = message
    .replace(/^(Invalid input|Too big|Too small): /, '')
    .replace(/latencyMs|errors|cut/g, (field) => `--${OPTIONS[field as keyof Dial]}`);
  const given = values[option];
  return given === undefined
    ? `Say what goes wrong: ${wrong}.`
    : `--${option} cannot be "${given as string}": ${wrong}.`;
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = { latency: text, errors: text, cut: text, seconds: text, path: text, off: flag, help: flag } as const;
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    const [sentence] = (error as Error).message.split(/\.\s/);
    throw new Problem(`${sentence}: \`npm run fault -- --help\` lists what there is.`);
  }
}
