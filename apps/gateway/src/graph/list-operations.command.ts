import { Command } from '@cairn/service/command';
import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { globSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { OPERATIONS_FILE } from './files.ts';

/** `generate` lists what `operations/*.graphql` holds, a file each, for gateways in locked mode. */
@Command('generate')
@Injectable()
export class ListOperationsCommand {
  async run() {
    const files = globSync('operations/*.graphql').sort();
    const queries = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    const listed = Object.fromEntries(
      queries.map((query) => [createHash('sha256').update(query).digest('hex'), query]),
    );
    await writeFile(OPERATIONS_FILE, `${JSON.stringify(listed, null, 2)}\n`);
  }
}
