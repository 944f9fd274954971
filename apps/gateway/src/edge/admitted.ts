import type { IncomingMessage } from 'node:http';
import type { Exchange } from './exchange.ts';

const exchanges = new WeakMap<IncomingMessage, Exchange>();

/** Remembers what the front has found out of a request, for what the framework answers. */
export const rememberAdmitted = (exchange: Exchange) => void exchanges.set(exchange.request, exchange);

/** What the front has found out of a request that it has handed on. */
export const admitted = (request: IncomingMessage): Exchange => exchanges.get(request)!;
