import { DomainError, statusOf } from '@cairn/http';
import type { FastifyReply } from 'fastify';
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
const STYLE = read('page.css');
const MESSAGE = read('message.html').replace('{{style}}', STYLE);
const PASSWORD = read('password.html').replace('{{style}}', STYLE);

/**
 * Nothing is loaded, and no script runs: even what slipped through unescaped could do nothing. A form may be answered with a redirect to
 * anywhere: browsers hold `form-action` against that, too.
 */
const POLICY = `default-src 'none'; style-src 'sha256-${hash('sha256', STYLE, 'base64')}'; form-action 'self' http: https:; base-uri 'none'; frame-ancestors 'none'`;

const HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': POLICY,
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Robots-Tag': 'noindex',
  Vary: 'Accept',
};

/** Whether who sent this `Accept` wants HTML rather than JSON (RFC 9110, section 12.5.1): browsers name it, programs say `*` or what they read. */
export function prefersPage(accept = ''): boolean {
  const html = qualityOf(accept, /^(text\/html|application\/xhtml\+xml)$/);
  return html > 0 && html >= qualityOf(accept, /^application\/(problem\+)?json$/);
}

function qualityOf(accept: string, type: RegExp): number {
  const ranges = accept.toLowerCase().split(',', 50);
  const qualities = ranges.map((range) => {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim());
    const quality = parameters.find((each) => each.startsWith('q='));
    return type.test(name) ? Number(quality?.slice(2) ?? 1) || 0 : 0;
  });
  return Math.max(0, ...qualities);
}

/** What went wrong, for people. */
export function sendPage(reply: FastifyReply, error: DomainError): FastifyReply {
  const { kind, title } = error.problem;
  const detail = error.message === title ? '' : error.message;
  return send(reply.status(statusOf[kind]), MESSAGE, { title, detail }, error);
}

/** The form that asks for a link's password. @param error what was wrong with the last one */
export function sendPasswordPage(reply: FastifyReply, error?: DomainError): FastifyReply {
  const status = error ? statusOf[error.problem.kind] : 200;
  return send(reply.status(status), PASSWORD, { message: error?.message ?? '' }, error);
}

function send(reply: FastifyReply, template: string, values: Record<string, string>, error?: DomainError) {
  if (error?.retryAfter !== undefined) reply.header('Retry-After', String(Math.ceil(error.retryAfter)));
  const html = template.replace(/\{\{(\w+)\}\}/g, (_whole, name: string) => escaped(values[name] ?? ''));
  return reply.headers(HEADERS).send(html);
}

const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
