import files from '@fastify/static';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { createRequire } from 'node:module';
import path from 'node:path';
import { page } from '../page.ts';
import { errorsPage } from './errors-page.ts';
import { OpenApiDocuments } from './open-api-documents.service.ts';

const swaggerUi = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
/** All from here. Swagger UI sets styles by script and has its icons in data: URLs. */
const POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"; // prettier-ignore

/** /docs: Swagger UI over every service, from files of ours, and the page of errors that a problem's `type` leads to. */
@Injectable()
export class DocsService implements OnModuleInit {
  constructor(
    private readonly documents: OpenApiDocuments,
    private readonly host: HttpAdapterHost,
  ) {}

  async onModuleInit() {
    const root = this.host.httpAdapter.getInstance<FastifyInstance>();
    await root.register(async (docs) => {
      docs.addHook('onRequest', async (_request, reply) => void reply.header('Content-Security-Policy', POLICY));
      docs.get('/docs', (_request, reply) => reply.redirect('/docs/'));
      docs.get('/docs/swagger-initializer.js', (_request, reply) =>
        reply.type('text/javascript; charset=utf-8').send(initializer(this.documents.names)),
      );
      docs.get('/docs/errors', async (_request, reply) =>
        reply.type('text/html; charset=utf-8').send(page('Errors', await errorsPage())),
      );
      for (const name of this.documents.names) {
        docs.get(`/docs/${name}.json`, async (request, reply) => {
          const { text, etag } = await this.documents.get(name);
          reply.header('ETag', etag).header('Cache-Control', 'no-cache');
          if (request.headers['if-none-match'] === etag) return reply.status(304).send();
          return reply.type('application/json; charset=utf-8').send(text);
        });
      }
      await docs.register(files, {
        root: swaggerUi,
        prefix: '/docs/',
        wildcard: false,
        index: ['index.html'],
        globIgnore: [
          'swagger-initializer.js',
          '*.map',
          'package.json',
          '*es-bundle*',
          'absolute-path.js',
          'index.js',
          'README.md',
        ],
      });
    });
  }
}

const initializer = (names: readonly string[]) => {
  const urls = names.map((name) => ({ name, url: `/docs/${name}.json` }));
  return `window.ui = SwaggerUIBundle(${JSON.stringify({ urls, dom_id: '#swagger-ui', deepLinking: true, persistAuthorization: false, validatorUrl: null, layout: 'StandaloneLayout' }).slice(0, -1)},
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset] });\n`;
};
