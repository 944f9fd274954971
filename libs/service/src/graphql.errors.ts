import { problem } from '@cairn/http/errors';

/** What is asked for is more than one request may ask for: too deep, too wide or too long. Nothing of it was executed. */
export class QueryTooLarge extends problem({
  code: 'graphql.query-too-large',
  kind: 'invalid',
  title: 'The query asks for more than one request may ask for',
}) {}
