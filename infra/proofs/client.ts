import { createClient, orThrow } from '@cairn/client';

export interface Answer {
  readonly status: number;
  readonly problem: boolean;
  readonly body: Record<string, unknown>;
}

/** Any request, also one that the typed client would not make, and its answer, whatever that is. @throws Error when no answer comes */
export async function ask(url: string, options: AskOptions = {}): Promise<Answer> {
  const { method = 'GET', body, token, headers = {} } = options;
  const answer = await fetch(url, {
    method,
    redirect: 'manual',
    signal: AbortSignal.timeout(30_000),
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const type = answer.headers.get('content-type') ?? '';
  return {
    status: answer.status,
    problem: type.startsWith('application/problem+json'),
    body: type.includes('json') ? (JSON.parse(text) as Record<string, unknown>) : {},
  };
}

interface AskOptions {
  readonly method?: string;
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Record<string, string>;
}

/** @throws Error unless the answer has this status */
export async function expectAnswer(status: number, url: string, options?: AskOptions): Promise<Answer['body']> {
  const answer = await ask(url, options);
  if (answer.status !== status)
    throw new Error(`${url}: ${answer.status} instead of ${status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

async function logIn(gateway: string, account: { login: string; password: string }): Promise<string> {
  const { accessToken } = await orThrow(createClient({ origin: gateway }).POST('/api/v1/sessions', { body: account }));
  return accessToken;
}

/** Signs a new user up and in. */
export async function newcomer(gateway: string, username: string) {
  const password = `${username} walks the path`;
  const account = { username, email: `${username}@example.com`, password };
  const { id } = await orThrow(createClient({ origin: gateway }).POST('/api/v1/users', { body: account }));
  return { id, login: username, password, token: await logIn(gateway, { login: username, password }) };
}
