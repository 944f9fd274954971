import { createConfig, lint } from '@redocly/openapi-core';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { workspace } from './workspace.ts';

/* Every API description is valid by Redocly's recommended rules, and shows an example of every request body. */

interface Description {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Schema> };
}
interface Operation {
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Schema; readonly example?: unknown }> };
}
interface Schema {
  readonly $ref?: string;
  readonly example?: unknown;
  readonly examples?: unknown;
}

const config = await createConfig({ extends: ['recommended'] });
const problems: string[] = [];
for (const file of globSync('apps/*/openapi.json', { cwd: workspace }).sort()) {
  const full = path.join(workspace, file);
  for (const { severity, ruleId, message, location } of await lint({ ref: full, config }))
    if (severity === 'error') problems.push(`${file}: ${location[0]?.pointer}: ${message} (${ruleId})`);
  const description = JSON.parse(readFileSync(full, 'utf8')) as Description;
  for (const where of bodiesWithoutExample(description)) problems.push(`${file}: ${where}: its body has no example`);
}
for (const sentence of problems) console.log(sentence);
process.exitCode = problems.length ? 1 : 0;

function bodiesWithoutExample({ paths, components }: Description): string[] {
  const named = ({ $ref }: Schema) => components.schemas[$ref?.split('/').at(-1) ?? ''];
  return Object.entries(paths).flatMap(([url, operations]) =>
    Object.entries(operations)
      .filter(([, { requestBody }]) =>
        Object.values(requestBody?.content ?? {}).some(({ schema, example }) =>
          [example, schema.example, schema.examples, named(schema)?.example, named(schema)?.examples].every(
            (each) => each === undefined,
          ),
        ),
      )
      .map(([method]) => `${method.toUpperCase()} ${url}`),
  );
}
