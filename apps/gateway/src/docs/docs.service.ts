import files from '@fastify/static';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createRequire } from 'node:module';
import path from 'node:path';
import { page } from '../page.ts';
import { errorsPage } from './errors-page.ts';
import { committedDocument, committedFiles, OpenApiDocuments, type Document } from './open-api-documents.service.ts';

const swaggerUi = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const ownPages = path.join(import.meta.dirname, 'pages');
/** Of Swagger UI only what its page asks for. */
const SWAGGER_UI_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'swagger-ui-standalone-preset.js', 'favicon-32x32.png']; // prettier-ignore
/** All from here. Swagger UI sets styles by script and has its icons in data: URLs. */
const POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"; // prettier-ignore

/**
 * /openapi.json, the committed description of all services; /docs: Swagger UI over it and over each service, from files of ours, the Postman
 * collection, the AsyncAPI document, and the page of errors that a problem's `type` leads to.
 */
@Injectable()
export class DocsService implements OnModuleInit {
  constructor(
    private readonly documents: OpenApiDocuments,
    private readonly host: HttpAdapterHost,
  ) {}

  async onModuleInit() {
    const root = this.host.httpAdapter.getInstance<FastifyInstance>();
    for (const file of Object.keys(committedFiles) as (keyof typeof committedFiles)[])
      root.get(file, async (request, reply) => send(await committedDocument(file), request, reply));
    for (const name of this.documents.names)
      root.get(`/docs/${name}.json`, async (request, reply) => send(await this.documents.get(name), request, reply));
    await root.register(async (docs) => {
      docs.addHook('onRequest', async (_request, reply) => void reply.header('Content-Security-Policy', POLICY));
      docs.get('/docs', (_request, reply) => reply.redirect('/docs/'));
      docs.get('/docs/descriptions.js', (_request, reply) =>
        reply.type('text/javascript; charset=utf-8').send(descriptions(this.documents.names)),
      );
      docs.get('/docs/errors', async (_request, reply) =>
        reply.type('text/html; charset=utf-8').send(page('Errors', await errorsPage())),
      );
      await docs.register(files, { root: ownPages, prefix: '/docs/', wildcard: false, index: ['index.html'] });
      for (const file of SWAGGER_UI_FILES)
        docs.get(`/docs/${file}`, (_request, reply) => reply.sendFile(file, swaggerUi));
    });
  }
}

/** Whoever has it already is told so. */
function send({ text, etag }: Document, { headers }: FastifyRequest, reply: FastifyReply) {
  reply.header('ETag', etag).header('Cache-Control', 'no-cache');
  if (headers['if-none-match'] === etag) return reply.status(304).send();
  return reply.type('application/json; charset=utf-8').send(text);
}

/** What there is to pick from: all services as one first. */
const descriptions = (names: readonly string[]) => {
  const each = names.map((name) => ({ name, url: `/docs/${name}.json` }));
  return `window.descriptions = ${JSON.stringify([{ name: 'everything', url: '/openapi.json' }, ...each])};\n`;
};
