import { UnauthorizedException } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';

type Request = Pick<IncomingMessage, 'headersDistinct'>;

/** RFC 6750, section 2.1; the scheme's case does not matter (RFC 9110, section 11.1). */
const CREDENTIALS = /^bearer +([\w.~+/-]+=*)$/i;

/** Undefined where there is none, or where there are several: Node would silently take the first. */
export function bearerToken({ headersDistinct: { authorization = [] } }: Request): string | undefined {
  return authorization.length === 1 ? CREDENTIALS.exec(authorization[0]!)?.[1] : undefined;
}

/** Why there is none. */
export const noBearerToken = ({ headersDistinct: { authorization = [] } }: Request) =>
  new UnauthorizedException(
    authorization.length > 1
      ? 'There is more than one Authorization header'
      : 'The access token is missing: send Authorization: Bearer <token>',
  );
