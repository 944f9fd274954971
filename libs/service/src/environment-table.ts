import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';

const [BEGIN, END] = ['<!-- environment, written by `generate` -->', '<!-- /environment -->'];

interface Property {
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly example?: unknown;
}

/** Writes the table between its two markers; a README without them stays. @throws Error when a variable has no description */
export async function writeEnvironmentTable(readme: string, schema: z.ZodObject): Promise<void> {
  const text = await readFile(readme, 'utf8').catch(() => '');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) return;
  await writeFile(readme, `${text.slice(0, begin)}${BEGIN}\n\n${environmentTable(schema)}\n\n${text.slice(end)}`);
}

/** The variables that a schema reads, as a table in Markdown: those that are required come first. */
export function environmentTable(schema: z.ZodObject): string {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const rows = Object.entries(properties as Record<string, Property>).map(([name, property]) => {
    if (!property.description) throw new Error(`The environment variable ${name} has no description.`);
    const preset = property.default ?? (schema.shape[name] as { def?: { defaultValue?: unknown } }).def?.defaultValue;
    const isRequired = required.includes(name);
    const value = isRequired ? '**required**' : preset === undefined || preset === '' ? 'none' : code(preset);
    return { isRequired, text: `| \`${name}\` | ${value} | ${property.description}${bounds(property)} |` };
  });
  const sorted = [...rows.filter((row) => row.isRequired), ...rows.filter((row) => !row.isRequired)];
  return ['| Variable | Default | What it is |', '|---|---|---|', ...sorted.map(({ text }) => text)].join('\n');
}

function bounds({ enum: values, minimum, maximum = Infinity, example }: Property): string {
  if (values) return `: ${values.map(code).join(', ')}`;
  if (minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER)
    return maximum < Number.MAX_SAFE_INTEGER ? `; ${minimum} to ${maximum}` : `; ${minimum} or more`;
  return example === undefined ? '' : `, such as ${code(example)}`;
}

const code = (value: unknown) => `\`${String(value).replaceAll('|', '\\|')}\``;
