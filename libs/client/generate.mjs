import { existsSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';

/*
 * Writes src/schema.ts from the description of everything, or from the file that is named: `node generate.mjs ../../apps/blog/openapi.json`.
 * Where there is no gateway, as in a fork of one service, and none is named, the types stay as they came.
 */
const file = process.argv[2] ?? '../../apps/gateway/openapi.json';
if (process.argv[2] || existsSync(file)) {
  // What has a default need not be sent; answers say themselves that they always have it.
  const types = await openapiTS(new URL(file, `file://${process.cwd()}/`), { defaultNonNullable: false });
  writeFileSync(
    'src/schema.ts',
    `// Written by \`npm run generate\` from the API's description.\n${astToString(types)}`,
  );
}
