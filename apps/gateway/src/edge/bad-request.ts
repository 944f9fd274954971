import { STATUS_CODES } from 'node:http';

const STATUS: Record<string, number> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** The whole answer, as text on the wire, to what is not a request in HTTP: no request reaches Fastify. */
export function badRequest(code: string | undefined, requestId: string): string {
  const status = STATUS[code ?? ''] ?? 400;
  const title = STATUS_CODES[status]!;
  const problemCode = `http.${title.toLowerCase().replaceAll(' ', '-')}`;
  const body = JSON.stringify({ type: `/docs/errors#${problemCode}`, title, status, code: problemCode, requestId });
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
