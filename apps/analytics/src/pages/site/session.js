/*
 * Who is signed in. Tokens are kept in this module's memory only: a reload forgets them, and no other page, script or storage of the browser has them.
 */
let tokens;
let renewing;

/** A problem as the API tells it (RFC 9457). */
export class Problem extends Error {
  constructor(status, content, retryAfter) {
    const words =
      content.errors?.map(({ path, message }) => `${path}: ${message}`).join('; ') ||
      content.detail ||
      content.title ||
      `HTTP ${status}`;
    super(retryAfter ? `${words} Try again in ${retryAfter} s.` : words);
    this.status = status;
    this.requestId = content.requestId;
  }
}

export const wordsOf = (error) => [error.message, error.requestId && `(${error.requestId})`].filter(Boolean).join(' ');

export const isSignedIn = () => tokens !== undefined;

/** @throws Problem */
export async function signIn(login, password) {
  tokens = await contentOf(await send('/api/v1/sessions', { method: 'POST', body: { login, password } }));
}

export async function signOut() {
  const { accessToken } = tokens ?? {};
  tokens = undefined;
  if (accessToken)
    await send('/api/v1/sessions/current', { method: 'DELETE', token: accessToken }).catch(() => undefined);
}

/** @throws Problem; one of 401 when nobody is signed in (any more) */
export async function ask(path, options) {
  return contentOf(await fetchSignedIn(path, options));
}

/** Each event `next` of a stream, until it ends. @throws Problem */
export async function* follow(path, signal) {
  const answer = await fetchSignedIn(path, { accept: 'text/event-stream', signal });
  if (!answer.ok) await contentOf(answer);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = (text += value).split('\n\n');
    text = events.pop();
    for (const event of events)
      if (event.startsWith('event: next')) yield JSON.parse(event.slice(event.indexOf('data: ') + 6));
  }
}

/** An access token lives for minutes: the first 401 renews it, once for all who wait. */
async function fetchSignedIn(path, options) {
  const token = tokens?.accessToken;
  const answer = await send(path, { ...options, token });
  if (answer.status !== 401 || !tokens) return answer;
  if (tokens.accessToken === token) {
    renewing ??= renew().finally(() => (renewing = undefined));
    await renewing;
  }
  return tokens ? send(path, { ...options, token: tokens.accessToken }) : answer;
}

async function renew() {
  const { refreshToken } = tokens;
  const answer = await send('/api/v1/sessions/refresh', { method: 'POST', body: { refreshToken } });
  tokens = answer.ok ? await answer.json() : undefined;
  if (!tokens) dispatchEvent(new Event('session-end'));
}

async function send(path, { method = 'GET', body, token, accept = 'application/json', signal } = {}) {
  try {
    return await fetch(path, {
      method,
      signal,
      credentials: 'omit',
      headers: {
        accept,
        ...(body && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(0, { title: 'No answer: is the system running?' });
  }
}

async function contentOf(answer) {
  if (answer.status === 204) return undefined;
  const isJson = (answer.headers.get('content-type') ?? '').includes('json');
  const content = isJson ? await answer.json() : {};
  if (answer.ok) return content;
  throw new Problem(answer.status, content, answer.headers.get('retry-after'));
}
