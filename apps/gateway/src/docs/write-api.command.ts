import { Command } from '@cairn/service';
import { Injectable } from '@nestjs/common';
import { globSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { addGatewayAnswers } from './gateway-answers.ts';
import { mergeOpenApi } from './merge-open-api.ts';
import type { OpenApi } from './open-api.ts';

/** `generate` puts together what the services beside it have written: their generation comes first. */
@Command('generate')
@Injectable()
export class WriteApiCommand {
  async run() {
    const own = path.basename(process.cwd());
    const files = globSync('../*/openapi.json').filter((file) => path.basename(path.dirname(file)) !== own);
    const services: Record<string, OpenApi> = {};
    for (const file of files.sort())
      services[path.basename(path.dirname(file))] = JSON.parse(await readFile(file, 'utf8')) as OpenApi;
    const merged = addGatewayAnswers(mergeOpenApi('Cairn', services));
    await writeFile('openapi.json', asText(merged));
    // Only here: the converter is large, and nobody needs it to serve what it has written.
    const { toPostman } = await import('./postman.ts');
    await writeFile('postman.json', asText(await toPostman(merged)));
  }
}

const asText = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
