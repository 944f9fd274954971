import { FaultDialsConfigSchema } from '@cairn/resilience';
import { BlockList, isIPv6 } from 'node:net';
import { z } from 'zod';

/** What every process takes from its environment. */
export const ProcessConfigSchema = z.object({
  PORT: z.coerce.number().int().min(1).max(65_535).meta({ description: 'The port on which it listens' }),
  HOST: z.string().default('127.0.0.1').meta({ description: 'The address on which it listens' }),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .meta({ description: 'The least severity that is logged, in JSON lines on stdout' }),
  TRUSTED_PROXIES: commaSeparated()
    .superRefine((peers, { addIssue }) => {
      for (const peer of peers)
        if (!isAddressOrRange(peer)) addIssue(`"${peer}" is neither an address nor a CIDR range`);
    })
    .meta({
      description:
        "Peers whose `X-Forwarded-For` tells the client's address: addresses or CIDR ranges, separated by commas",
    }),
  METRICS: z.stringbool().default(false).meta({ description: 'Shows metrics at `GET /metrics`, for Prometheus' }),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.string().optional().meta({
    description: 'Where traces go, in a process that was started with `--import @cairn/observability/instrument`',
  }),
  VERSION: z.string().default('development').meta({
    description:
      'Which build runs: in `build_info` at `GET /metrics`, in each line of the log and in traces. The image sets it',
  }),
  REVISION: z
    .string()
    .default('unknown')
    .meta({ description: 'The commit of that build, in `build_info`. The image sets it' }),
  SHUTDOWN_DELAY_MS: z.coerce.number().int().min(0).max(60_000).default(0).meta({
    description:
      'How long readiness says no before the port closes: what a load balancer takes to see it. It comes on top of the 9 s that stopping itself may take',
  }),
  ...FaultDialsConfigSchema.shape,
});
export type ProcessConfig = z.infer<typeof ProcessConfigSchema>;

/** `10.0.0.1`, `10.0.0.0/8`, `::1`. A range of everything is nobody to trust. */
function isAddressOrRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  try {
    if (bits === undefined) new BlockList().addAddress(address, family);
    else new BlockList().addSubnet(address, /^[1-9]\d*$/.test(bits) ? Number(bits) : NaN, family);
    return rest.length === 0;
  } catch {
    return false;
  }
}

/** A variable that holds a list: `a, b`. */
export function commaSeparated() {
  return z
    .string()
    .default('')
    .transform((list) => list.split(',').map((item) => item.trim()).filter(Boolean)); // prettier-ignore
}

/** The environment, parsed once. @throws Error with one sentence per wrong variable */
export function environment<T extends z.ZodType>(schema: T, variables: NodeJS.ProcessEnv = process.env): z.output<T> {
  const parsed = schema.safeParse(variables);
  if (parsed.success) return parsed.data;
  const sentences = parsed.error.issues.map(
    (issue) => `The environment variable ${issue.path.join('.')} is wrong${given(issue, variables)}: ${issue.message}.`,
  );
  throw new Error([...new Set(sentences)].join('\n'));
}

const LONGEST_SHOWN = 40;
const MAY_BE_SECRET = /SECRET|PASSWORD|TOKEN|KEY|URL|CLIENTS/;

/** What it was set to: zod tells of a text that is no number only that it got NaN. */
function given({ path: [name] }: z.core.$ZodIssue, variables: NodeJS.ProcessEnv): string {
  const value = variables[String(name)];
  if (value === undefined || value.length > LONGEST_SHOWN || MAY_BE_SECRET.test(String(name))) return '';
  return ` (${JSON.stringify(value)})`;
}

/** Stands in for an environment where nothing will be opened: the `example` that each required variable carries. */
export function exampleEnvironment(schema: z.ZodObject): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(schema.shape).flatMap(([name, field]) => {
      const example = (field as z.ZodType).meta()?.example;
      return example === undefined ? [] : [[name, String(example)]];
    }),
  );
}
