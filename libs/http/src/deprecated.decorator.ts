import { applyDecorators, Header } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';

export interface DeprecatedOptions {
  /** The day from which on it is deprecated: `2026-12-01`. It may lie ahead. */
  readonly since: string;
  /** The day on which it goes, at the earliest. */
  readonly sunset: string;
  /** The page that says what to use instead. */
  readonly link: string;
}

/**
 * A route that will go: who calls it is told by `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and a link, who reads by `deprecated` in OpenAPI.
 * @throws Error when a date is none, or it would go before it is deprecated (RFC 9745, section 4)
 */
export function Deprecated({ since, sunset, link }: DeprecatedOptions): MethodDecorator {
  const [from, until] = [Date.parse(since), Date.parse(sunset)];
  if (Number.isNaN(from) || Number.isNaN(until)) throw new Error(`No dates: ${since}, ${sunset}`);
  if (until < from) throw new Error(`It would go (${sunset}) before it is deprecated (${since})`);
  return applyDecorators(
    Header('Deprecation', `@${from / 1000}`), // a date of structured fields (RFC 9651, section 3.3.7)
    Header('Sunset', new Date(until).toUTCString()),
    Header('Link', `<${link}>; rel="deprecation"; type="text/html"`),
    ApiExtension('x-deprecated', { since, sunset, link }), // libs/service says it as `deprecated`
  );
}
