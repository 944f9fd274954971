import { Command } from '@cairn/service/command';
import { Injectable } from '@nestjs/common';
import { globSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { API_FILE, PUBLISHED_FILE, SUPERGRAPH_FILE, DECLARED_FILE } from './files.ts';

/** `generate` composes what the services beside this one have generated and committed. */
@Command('generate')
@Injectable()
export class ComposeCommand {
  async run() {
    const { compose } = await import('./compose.ts'); // loading it takes a third of a second, which no start should
    const { supergraph, api } = compose(await subgraphs());
    await writeFile(SUPERGRAPH_FILE, supergraph);
    await writeFile(API_FILE, api);
  }
}

/** `publish-graph`, at a release: from now on clients rely on the graph as it is, and declared breaks are history. */
@Command('publish-graph')
@Injectable()
export class PublishGraphCommand {
  async run() {
    await writeFile(PUBLISHED_FILE, await readFile(API_FILE, 'utf8'));
    await writeFile(DECLARED_FILE, '[]\n');
  }
}

/** By the name of their folder, in its order, so that the same schemas always make the same file. */
async function subgraphs(): Promise<Map<string, string>> {
  const files = globSync('../*/schema.graphql');
  const named = files.sort().map(async (file) => [path.basename(path.dirname(file)), await readFile(file, 'utf8')] as const); // prettier-ignore
  return new Map(await Promise.all(named));
}
