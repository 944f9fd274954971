import { Problem } from '@cairn/backing';

const DEADLINE_MS = 30_000;

export interface Request {
  readonly token?: string;
  readonly body?: unknown;
  /** Makes a create safe to repeat. */
  readonly key?: string;
  /** What the client calls itself. */
  readonly userAgent?: string;
  /** Statuses that are as good as success, such as 409 for what is there already. */
  readonly orElse?: readonly number[];
}

export interface Session {
  readonly accessToken: string;
  readonly user: { readonly id: string; readonly username: string };
}

/** The public API of a running system, as the demo world and the import use it: signed-in requests, and failures in one sentence. */
export class Api {
  readonly #originOf: (path: string) => string;

  /** `originOf` says who answers a path: the gateway for all of them, or, without it, the service itself. */
  constructor(originOf: (path: string) => string) {
    this.#originOf = originOf;
  }

  /** The answer's body. @throws Problem that says what the API said */
  async ask<T>(method: string, path: string, request: Request = {}): Promise<T> {
    const { token, body, key, userAgent, orElse = [] } = request;
    const answer = await fetch(this.#originOf(path) + path, {
      method,
      signal: AbortSignal.timeout(DEADLINE_MS),
      redirect: 'manual', // none of ours leads to where it is asked for
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
        ...(key && { 'idempotency-key': key }),
        ...(userAgent && { 'user-agent': userAgent }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }).catch((error: Error) => {
      throw new Problem(`${this.#originOf(path)} does not answer (${reasonOf(error)}): is the system running there?`);
    });
    const content = (await answer.json().catch(() => undefined)) as T;
    if (answer.ok || orElse.includes(answer.status)) return content;
    throw new Problem(`${method} ${path} was answered ${answer.status}: ${saidBy(content)}.`);
  }

  /** @throws Problem also for a wrong password */
  signIn(login: string, password: string): Promise<Session> {
    return this.ask<Session>('POST', '/api/v1/sessions', { body: { login, password } });
  }
}

const reasonOf = ({ message, cause }: Error) => (cause as { code?: string } | undefined)?.code ?? message;

/** Problem details (RFC 9457) in one line. */
function saidBy(content: unknown): string {
  const { title, detail, errors } = (content ?? {}) as {
    title?: string;
    detail?: string;
    errors?: { path: string; message: string }[];
  };
  const fields = errors?.map(({ path, message }) => `${path}: ${message}`).join('; ');
  return fields ?? detail ?? title ?? 'without saying why';
}
