import { Problem } from '@cairn/backing';
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

/** As libs/resilience takes it. */
export interface Dial {
  readonly latencyMs?: number;
  readonly errors?: number;
  readonly cut?: number;
  readonly seconds?: number;
  readonly path?: string;
}

export interface FaultOptions {
  /** All of them when undefined. */
  readonly service: string | undefined;
  readonly action: 'show' | 'off' | 'help' | Dial;
}

const ranges = {
  latency: { from: 0, to: 60_000, whole: true },
  errors: { from: 0, to: 1, whole: false },
  cut: { from: 0, to: 1, whole: false },
  seconds: { from: 1, to: 3_600, whole: true },
} as const;

/** @throws Problem for what it does not understand */
export function parseFaultOptions(args: readonly string[]): FaultOptions {
  const { values, positionals } = parsed(args);
  const { help, off, path } = values;
  const [service, ...more] = positionals;
  if (help) return { service, action: 'help' };
  if (more.length) throw new Problem(`One service at a time: "${more[0]}" is one too many.`);
  const [latencyMs, errors, cut, seconds] = (['latency', 'errors', 'cut', 'seconds'] as const).map((name) =>
    inRange(name, values[name]),
  );
  const given = Object.entries({ latencyMs, errors, cut, seconds, path }).filter(([, value]) => value !== undefined);
  if (off && given.length) throw new Problem('--off takes nothing else than a service.');
  if (off) return { service, action: 'off' };
  if (!given.length) return { service, action: 'show' };
  if (!service) throw new Problem('Say which service, as in `npm run fault -- blog --latency 2000`.');
  if (!latencyMs && !errors && !cut)
    throw new Problem('Say what goes wrong: one of --latency, --errors and --cut above 0; or end it by --off.');
  if ((errors ?? 0) + (cut ?? 0) > 1)
    throw new Problem('--errors and --cut are shares of the same requests: together at most 1.');
  if (path !== undefined && !/^\/[^?#]*$/.test(path))
    throw new Problem(`--path takes a path such as /api/v1/posts, not "${path}".`);
  return { service, action: Object.fromEntries(given) };
}

function inRange(name: keyof typeof ranges, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const { from, to, whole } = ranges[name];
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (!(value >= from && value <= to) || (whole && !Number.isInteger(value)))
    throw new Problem(`--${name} takes a ${whole ? 'whole ' : ''}number from ${from} to ${to}, not "${text}".`);
  return value;
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
