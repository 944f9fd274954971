import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, type RateLimit } from './domain-error.ts';
import { INVALID_INPUT, ofStatus, UNAVAILABLE } from './generic.errors.ts';
import { MovedPermanently } from './moved-permanently.ts';
import { InvalidInput, statusOf, type ProblemDetails } from './problem-details.ts';

/** Relative, so that it resolves at whatever address the API has: the gateway serves the page. */
const DOCS = '/docs/errors#';
const logger = new Logger('ProblemDetails');

/** Every error leaves as application/problem+json; what nobody foresaw is logged and leaves as a bare 500. */
@Catch()
export class ProblemDetailsFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost) {
    if (host.getType<string>() === 'graphql') throw error; // the GraphQL door formats its own errors
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (error instanceof MovedPermanently) return redirect(error, reply);
    sendProblem(error, host.switchToHttp().getRequest(), reply);
  }
}

/** Not to be cached: what moved may move back, and two remembered redirects would be a loop. */
const redirect = ({ path }: MovedPermanently, reply: FastifyReply) =>
  reply.status(301).header('Location', encodeURI(path)).header('Cache-Control', 'no-cache').send();

/** Also Fastify's own error handler: what fails before Nest sees the request (a malformed body) looks the same. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  logProblem(error);
  const { status, headers, body } = problemAnswer(error, String(request.id));
  reply.status(status).headers(headers).send(body);
}

/** The whole answer, for a door that is neither Nest's nor Fastify's. */
export function problemAnswer(error: unknown, requestId: string) {
  const problem = toProblem(error);
  const { retryAfter, limit } = error instanceof DomainError ? error : {};
  const headers = {
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
    ...(problem.status === 401 && { 'WWW-Authenticate': 'Bearer' }),
    ...(limit && limitHeaders(limit)),
    ...((retryAfter !== undefined || problem.status === 503) && { 'Retry-After': String(Math.ceil(retryAfter ?? 1)) }),
  };
  const body: ProblemDetails = { type: `${DOCS}${problem.code}`, ...problem, requestId };
  return { status: problem.status, headers: headers as Record<string, string>, body };
}

/** Why something failed, for whoever is paged: once per failure, at whichever door it leaves. */
export function logProblem(error: unknown, { status } = toProblem(error)): void {
  if (status === 500) logger.error(error);
  if (status > 500) logger.warn(error); // of others' making
}

/** draft-ietf-httpapi-ratelimit-headers: which policy, and that nothing remains of it. */
const limitHeaders = ({ name, quota, windowSeconds, resetSeconds }: RateLimit) => ({
  'RateLimit-Policy': `"${name}";q=${quota};w=${windowSeconds}`,
  RateLimit: `"${name}";r=0;t=${resetSeconds}`,
});

export function toProblem(error: unknown): Omit<ProblemDetails, 'type' | 'requestId'> {
  if (error instanceof DomainError) {
    const { code, kind, title } = error.problem;
    return { title, status: statusOf[kind], detail: error.message, code };
  }
  if (error instanceof InvalidInput) return { ...INVALID_INPUT, errors: error.errors };
  if (isUnreachable(error)) return UNAVAILABLE;
  if (isUnstorable(error))
    return { ...ofStatus(400), detail: 'A text in the request holds a character that no text has' };
  const given =
    error instanceof HttpException ? error.getStatus() : ((error as { statusCode?: number }).statusCode ?? 500);
  const status = given >= 400 && given < 600 ? given : 500;
  const detail = status < 500 ? (error as Error).message : undefined;
  return { ...ofStatus(status), ...(detail && { detail }) };
}

/**
 * PostgreSQL takes no NUL, and no half of a surrogate pair. Schemas refuse them by field (`line`, `text`); where one forgot, it is still the
 * client's fault: a 500 would let anybody open the circuit of a whole service.
 */
const isUnstorable = (error: unknown) => ['22021', '22P05'].includes((error as { code?: string } | null)?.code ?? '');

/**
 * What may pass. node: no connection, no such host; PostgreSQL: class 08 connection, 40 chosen as the victim, 53300 too many
 * connections, 55P03 and 57014 waited for too long, 57P0x shutting down, 25P03 idle for too long; pg and its pool: a message only.
 */
function isUnreachable(error: unknown): boolean {
  const { code = '', message = '', errors } = (error ?? {}) as { code?: string; message?: string; errors?: unknown[] };
  return (
    /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|08|40001|40P01|53300|55P03|57014|57P|25P03)/.test(
      String(code),
    ) ||
    /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout)|is not queryable$/.test(
      message,
    ) ||
    (errors?.some(isUnreachable) ?? false) // an AggregateError: one per address that was tried
  );
}
