import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import type { Upstream } from '../proxy/upstream.client.ts';
import { escaped, page } from '../page.ts';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'";

/** What services have for people, each where its path is routed. */
const PAGES = [
  { path: '/s', item: '<code>/s/{code}</code>: follows a short link' },
  { path: '/analytics', item: '<a href="/analytics">Reports</a>: visits and visitors of your sites and links' },
];

/** `/`: what runs here, and where to go next. */
@Injectable()
export class HomeService implements OnModuleInit {
  constructor(
    @Inject('upstreams') private readonly upstreams: readonly Upstream[],
    private readonly host: HttpAdapterHost,
  ) {}

  onModuleInit() {
    const html = page('Cairn', content(this.upstreams));
    this.host.httpAdapter
      .getInstance<FastifyInstance>()
      .get('/', (_request, reply) =>
        reply.type('text/html; charset=utf-8').header('Content-Security-Policy', POLICY).send(html),
      );
  }
}

const content = (upstreams: readonly Upstream[]) => `<p>The gateway: everything public is behind this address.</p>
<ul>
<li><a href="/docs/">API documentation</a>: read it and try it, service by service</li>
<li><a href="/graphql">The graph</a>: one question to all services at once, with GraphiQL</li>
<li><a href="/docs/errors">Errors</a>: what each code means</li>
<li><a href="/health/ready">Health</a>: what runs, and what it depends on</li>
${PAGES.filter(({ path }) => upstreams.some(({ config }) => config.routes.includes(path)))
  .map(({ item }) => `<li>${item}</li>\n`)
  .join('')}</ul>
<table><thead><tr><th>Service</th><th>Public paths</th></tr></thead><tbody>
${upstreams
  .map(
    ({ name, config }) =>
      `<tr><td>${escaped(name)}</td><td>${config.routes.map((route) => `<code>${escaped(route)}</code>`).join('<br>')}</td></tr>`,
  )
  .join('\n')}
</tbody></table>`;
