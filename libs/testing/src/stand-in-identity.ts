import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Named {
  username: string;
  displayName?: string;
}

/** Answers what other services ask identity for. `users` is what it knows; `away` makes it fail; `calls` is how often it was asked. */
export async function createStandInIdentity() {
  const state = { users: new Map<string, Named>(), away: false, calls: 0 };
  const server = createServer((request, response) => {
    const url = new URL(request.url!, 'http://identity');
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (state.away) return answer(503, {});
    if (url.pathname === '/internal/v1/tokens')
      return answer(200, { access_token: 'token', token_type: 'Bearer', expires_in: 300 });
    if (request.headers.authorization !== 'Bearer token') return answer(401, {});
    state.calls++;
    const ids = url.searchParams.get('ids')!.split(',').filter((id) => state.users.has(id)); // prettier-ignore
    answer(200, {
      items: ids.map((id) => ({ id, displayName: null, avatarUrl: null, deleted: false, ...state.users.get(id) })),
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(state, {
    environment: {
      IDENTITY_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      SERVICE_CLIENT_SECRET: 'a secret for tests',
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
export type StandInIdentity = Awaited<ReturnType<typeof createStandInIdentity>>;
