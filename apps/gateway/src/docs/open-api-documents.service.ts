import { Inject, Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Upstream } from '../proxy/upstream.client.ts';
import { UpstreamUnavailable } from '../proxy/proxy.errors.ts';

const FRESH_MS = 10_000;
const TIMEOUT_MS = 2_000;

export interface Document {
  readonly text: string;
  readonly etag: string;
}

const documentOf = (text: string): Document => ({
  text,
  etag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`,
});

const committed = new Map<string, Promise<Document>>();

/** What `generate` writes and anybody may read, by its address. */
export const committedFiles = {
  '/openapi.json': new URL('../../openapi.json', import.meta.url),
  '/docs/postman.json': new URL('../../postman.json', import.meta.url),
  '/docs/asyncapi.json': new URL('../../../../docs/events/asyncapi.json', import.meta.url),
};

/** Read once. @throws Error when it has never been generated */
export function committedDocument(file: keyof typeof committedFiles): Promise<Document> {
  const known = committed.get(file) ?? readFile(committedFiles[file], 'utf8').then(documentOf);
  committed.set(file, known);
  return known;
}

/** The API description of each service, asked for when somebody reads it, and the last one while the service is away. */
@Injectable()
export class OpenApiDocuments {
  private readonly documents = new Map<string, Document & { since: number }>();

  constructor(@Inject('upstreams') private readonly upstreams: readonly Upstream[]) {}

  get names(): string[] {
    return this.upstreams.map(({ name }) => name);
  }

  /** @throws UpstreamUnavailable when the service does not answer and never has */
  async get(name: string): Promise<Document> {
    const known = this.documents.get(name);
    if (known && performance.now() - known.since < FRESH_MS) return known;
    try {
      const upstream = this.upstreams.find((each) => each.name === name)!;
      const question = { method: 'GET', path: '/openapi.json', headers: {} };
      const { status, text } = await upstream.ask(question, { deadlineMs: TIMEOUT_MS });
      if (status !== 200) throw new Error(`HTTP ${status}`);
      const document = { ...documentOf(JSON.stringify(JSON.parse(text))), since: performance.now() };
      this.documents.set(name, document);
      return document;
    } catch {
      if (known) return known;
      throw new UpstreamUnavailable(`${name} is unavailable`, { retryAfter: 1 });
    }
  }
}
