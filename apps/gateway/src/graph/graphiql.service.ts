import files from '@fastify/static';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Config } from '../config.ts';

const require = createRequire(import.meta.url);
const folderOf = (name: string) => path.dirname(require.resolve(`${name}/package.json`));
const FILES = [
  { file: 'react.production.min.js', root: path.join(folderOf('react'), 'umd') },
  { file: 'react-dom.production.min.js', root: path.join(folderOf('react-dom'), 'umd') },
  { file: 'graphiql.min.js', root: folderOf('graphiql') },
  { file: 'graphiql.min.css', root: folderOf('graphiql') },
];
const ASSETS = '/graphql/assets';
/** All from here. GraphiQL sets styles by script, and has its fonts and icons in data: URLs. */
const POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"; // prettier-ignore

/** GraphiQL for browsers, from files of ours, at the address that it asks. */
@Injectable()
export class GraphiqlService {
  readonly isOn: boolean;

  constructor(@Inject('config') config: Config) {
    this.isOn = config.GRAPHQL_INTROSPECTION && !config.GRAPHQL_PERSISTED_ONLY;
  }

  async addTo(root: FastifyInstance) {
    if (!this.isOn) return;
    await root.register(async (assets) => {
      await assets.register(files, { root: folderOf('graphiql'), serve: false });
      for (const { file, root: folder } of FILES)
        assets.get(`${ASSETS}/${file}`, (_request, reply) => reply.sendFile(file, folder, { maxAge: '1h' }));
      assets.get(`${ASSETS}/start.js`, (_request, reply) => reply.type('text/javascript; charset=utf-8').send(START));
    });
  }

  sendPage(reply: FastifyReply) {
    return reply.type('text/html; charset=utf-8').header('Content-Security-Policy', POLICY).header('Vary', 'Accept').send(PAGE); // prettier-ignore
  }
}

/** What a browser begins with: as any operation of ours it has to fit the graph. */
export const FIRST_QUERY = `# The graph of all services. Write a query and press Ctrl-Enter.
# To be somebody, open "Headers" below and give {"Authorization": "Bearer …"}: POST /api/v1/sessions answers with a token.

{
  posts(first: 5) {
    edges {
      node {
        title
        commentCount
        author {
          displayName
        }
      }
    }
  }
}
`;

/** A file of its own, for the policy allows no script in the page. What is answered with a stream, GraphiQL follows as it follows any list that grows. */
const START = `const ask = (parameters, accept, headers, signal) =>
  fetch('/graphql', {
    method: 'POST',
    signal,
    headers: { 'Content-Type': 'application/json', Accept: accept, ...headers },
    body: JSON.stringify(parameters),
  });
async function* follow(parameters, headers) {
  const leaving = new AbortController();
  try {
    const answer = await ask(parameters, 'text/event-stream', headers, leaving.signal);
    if (!answer.headers.get('content-type').startsWith('text/event-stream')) return yield await answer.json();
    let text = '';
    for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
      const events = (text += piece).split('\\n\\n');
      text = events.pop();
      for (const event of events) if (event.startsWith('event: next')) yield JSON.parse(event.slice(event.indexOf('data: ') + 6));
    }
  } finally {
    leaving.abort();
  }
}
const isSubscription = ({ operationName }, document) =>
  document?.definitions.some(({ operation, name }) => operation === 'subscription' && (!operationName || name?.value === operationName));
const fetcher = async (parameters, { headers, documentAST } = {}) => {
  if (isSubscription(parameters, documentAST)) return follow(parameters, headers);
  const answer = await ask(parameters, 'application/graphql-response+json, application/json;q=0.9', headers);
  return answer.json();
};
ReactDOM.createRoot(document.getElementById('graphiql')).render(
  React.createElement(GraphiQL, { fetcher, defaultQuery: ${JSON.stringify(FIRST_QUERY)}, shouldPersistHeaders: false }),
);
`;

const script = (file: string) => `<script src="${ASSETS}/${file}" defer></script>`;
const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>Graph · Cairn</title>
<link rel="stylesheet" href="${ASSETS}/graphiql.min.css"><style>html, body, #graphiql { height: 100%; margin: 0 }</style>
${['react.production.min.js', 'react-dom.production.min.js', 'graphiql.min.js', 'start.js'].map(script).join('\n')}
</head><body><div id="graphiql">This page needs JavaScript.</div></body></html>
`;
