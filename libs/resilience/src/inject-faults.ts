import { validate } from '@cairn/http';
import { Logger, UnauthorizedException } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';
import { DialSchema, FAULTS_PATH } from './fault-dials.options.ts';
import { FaultDials, type Fault } from './fault-dials.ts';
import { FaultInjected } from './resilience.errors.ts';

const logger = new Logger('FaultDials');

/** Of the last application in this process that has a dial. */
let dialled: FaultDials | undefined;

/** Whether something is to go wrong at the moment: for a door that is not Fastify's, which then leaves it to that. */
export const faultsAreSet = (): boolean => dialled?.current != null;

/** Adds the dial to a service, and the route that turns it: `Authorization: Bearer <secret>`. Not called, neither is there. */
export function injectFaults(fastify: FastifyInstance, secret: string): void {
  const dials = (dialled = new FaultDials());
  fastify.addHook('onRequest', (request, reply, next) => {
    const path = request.url.split('?', 1)[0]!;
    const fault = path === FAULTS_PATH ? undefined : dials.faultFor(path);
    if (fault) inflict(fault, request, reply, next);
    else next();
  });
  const onRequest = async ({ headers }: FastifyRequest) => {
    if (!isSame(headers.authorization ?? '', `Bearer ${secret}`)) throw new UnauthorizedException();
  };
  fastify.get(FAULTS_PATH, { onRequest }, () => ({ dial: dials.current }));
  fastify.put(FAULTS_PATH, { onRequest }, ({ body }) => {
    const dial = validate(DialSchema, body);
    dials.set(dial);
    logger.warn(`Faults are injected: ${JSON.stringify(dial)}`);
    return { dial: dials.current };
  });
  fastify.delete(FAULTS_PATH, { onRequest }, () => {
    dials.off();
    logger.warn('No more faults are injected');
    return { dial: dials.current };
  });
}

function inflict({ delayMs, outcome }: Fault, request: FastifyRequest, reply: FastifyReply, next: (e?: Error) => void) {
  const strike = () => {
    if (reply.sent || outcome === 'served') return next(); // who has been told meanwhile that it takes too long is not told twice
    if (outcome === 'failed') return next(new FaultInjected());
    reply.hijack();
    request.raw.destroy();
  };
  if (!delayMs) return strike();
  const timer = setTimeout(strike, delayMs);
  reply.raw.once('close', () => clearTimeout(timer)); // nobody waits for it any more
}

const digest = (text: string) => createHash('sha256').update(text).digest();
const isSame = (given: string, expected: string) => timingSafeEqual(digest(given), digest(expected));
