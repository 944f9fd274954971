import { problem } from '@cairn/http/errors';

/** The connection went away in the middle: whether the database did what it was told is not known. */
export class ConnectionLost extends problem({
  code: 'service.connection-lost',
  kind: 'unavailable',
  title: 'The connection to the database was lost',
}) {}
