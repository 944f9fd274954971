import type { IncomingMessage } from 'node:http';

const callers = new WeakMap<IncomingMessage, string>();

/** Remembers who makes a request, once its token has been verified, for what the framework answers. */
export const rememberCaller = (request: IncomingMessage, userId: string) => void callers.set(request, userId);

/** Who makes a request, where the front has verified a token. */
export const admittedCaller = (request: IncomingMessage): string | undefined => callers.get(request);
