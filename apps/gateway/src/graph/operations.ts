import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { OPERATIONS_FILE } from './files.ts';

const OperationsSchema = z.record(z.string().regex(/^[0-9a-f]{64}$/), z.string());

/** The operations that a locked gateway answers, by hash. @throws Error when a hash is not that of its query */
export function readOperations(file = OPERATIONS_FILE): Map<string, string> {
  const operations = new Map(Object.entries(OperationsSchema.parse(JSON.parse(readFileSync(file, 'utf8')))));
  for (const [hash, query] of operations) {
    const is = createHash('sha256').update(query).digest('hex');
    if (is !== hash) throw new Error(`${file} lists ${hash} for a query whose SHA-256 is ${is}.`);
  }
  return operations;
}
