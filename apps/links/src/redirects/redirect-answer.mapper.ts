import { DomainError, ProblemDetailsSchema, statusOf, type DomainErrorClass } from '@cairn/http';
import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { ServedLink } from '../links/served-link.ts';
import { prefersPage, sendPage, sendPasswordPage } from '../pages/pages.mapper.ts';
import {
  LinkDeleted,
  LinkDisabled,
  LinkExpired,
  LinkUsedUp,
  NothingHere,
  PasswordRequired,
  PasswordWrong,
  TooManyPasswords,
} from './redirect.errors.ts';

/**
 * Fields of a redirect, names and values in turn. Nobody repeats it from memory: each visit is asked for and counted, and a link that has
 * changed or ended has done so for all. Without a word 301 and 308 would be kept for ever (RFC 9111, section 4.2.2), in browsers that
 * nobody can tell otherwise. Caches between are told to keep out of it.
 */
export function redirectFields({ maxVisits, hasPassword }: ServedLink, location: string | null): string[] {
  const isForFew = maxVisits !== null || hasPassword;
  return [
    ...(location === null ? [] : ['Location', location]),
    'Cache-Control',
    isForFew ? 'no-store' : 'private, no-cache',
    // The site learns from which site people come, as it would without us; of a link for few not even that.
    'Referrer-Policy',
    isForFew ? 'no-referrer' : 'strict-origin-when-cross-origin',
    'Content-Length',
    '0',
  ];
}

/** By the framework: see RedirectFront for most of them. */
export function sendRedirect(reply: FastifyReply, link: ServedLink, location: string | null, status: number) {
  const fields = redirectFields(link, location);
  for (let at = 0; at < fields.length; at += 2) reply.header(fields[at]!, fields[at + 1]!);
  return reply.status(status).send();
}

const ASKS_FOR_PASSWORD = [PasswordRequired, PasswordWrong, TooManyPasswords];

/** As a page for who asks for HTML. @throws the error, for the filter to send as problem details, to who does not */
export function sendRefusal(reply: FastifyReply, accept: string | undefined, error: unknown) {
  if (!(error instanceof DomainError) || !prefersPage(accept)) throw error;
  if (!ASKS_FOR_PASSWORD.some((each) => error instanceof each)) return sendPage(reply, error);
  return sendPasswordPage(reply, error instanceof PasswordRequired ? undefined : error);
}

const text = { schema: { type: 'string' as const } };
const REFUSALS = [NothingHere, LinkDeleted, LinkDisabled, LinkExpired, LinkUsedUp, PasswordRequired];

/** What a route that follows links answers, for OpenAPI. */
export function AnswersVisits(status: number, errors: readonly DomainErrorClass[] = []): MethodDecorator {
  const byStatus = Map.groupBy([...REFUSALS, ...errors], ({ problem }) => statusOf[problem.kind]);
  const moved = status === 302 ? [302, 301, 307, 308] : [status];
  return applyDecorators(
    ...moved.map((each) => ApiResponse({ status: each, description: 'Where it leads', headers: { Location: text } })),
    ApiResponse({ status: 200, description: 'The page that asks for the password', content: { 'text/html': text } }),
    ...[...byStatus].map(([each, those]) =>
      ApiResponse({
        status: each,
        description: those.map(({ problem }) => `\`${problem.code}\`: ${problem.title}`).join('; '),
        standardSchema: ProblemDetailsSchema,
      }),
    ),
  );
}
