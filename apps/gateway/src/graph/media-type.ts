import { EVENT_STREAM } from '@cairn/service/stream';

export const JSON_TYPE = 'application/json';
/** Its statuses say what the answer says (GraphQL over HTTP, section 6.4.2). */
export const RESPONSE_TYPE = 'application/graphql-response+json';
const HTML = 'text/html';

/** The media type to answer in; undefined when the client takes none of ours. */
export const answerType = (accept: string | undefined) => preferred(accept, [JSON_TYPE, RESPONSE_TYPE, EVENT_STREAM]);

/** Whether a stream of events is among what the client names, liked best or not. */
export const takesEvents = (accept = '') =>
  accept.toLowerCase().split(',').map(rangeOf).some(({ name, quality }) => name === EVENT_STREAM && quality > 0); // prettier-ignore

/** A browser that has been sent here, rather than a program. */
export const wantsPage = (accept: string | undefined) =>
  preferred(accept, [JSON_TYPE, RESPONSE_TYPE, EVENT_STREAM, HTML]) === HTML;

/** The one of `offered` that is liked best, of equals the first (RFC 9110, section 12.5.1). Who says nothing takes anything. */
function preferred(accept = '*/*', offered: readonly string[]): string | undefined {
  const ranges = accept.toLowerCase().split(',').map(rangeOf);
  const liking = (type: string) => {
    const [family] = type.split('/');
    for (const fitting of [type, `${family}/*`, '*/*']) {
      const range = ranges.find(({ name }) => name === fitting); // the most specific one says it
      if (range) return range.quality;
    }
    return 0;
  };
  const [best] = offered.map((type) => ({ type, quality: liking(type) })).sort((a, b) => b.quality - a.quality);
  return best && best.quality > 0 ? best.type : undefined;
}

function rangeOf(text: string) {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim());
  const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
  return { name, quality: Number.isNaN(quality) ? 0 : quality };
}
