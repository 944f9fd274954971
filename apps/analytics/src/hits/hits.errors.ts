import { problem } from '@cairn/http/errors';

export class UnknownSiteKey extends problem({
  code: 'analytics.unknown-site-key',
  kind: 'not-found',
  title: 'No site has this key',
}) {}
export class OriginNotAllowed extends problem({
  code: 'analytics.origin-not-allowed',
  kind: 'forbidden',
  title: 'The site takes no hits from pages of this origin',
}) {}
/** Nothing of it is stored for sure: send it again with the same ids. */
export class HitsNotTaken extends problem({
  code: 'analytics.hits-not-taken',
  kind: 'unavailable',
  title: 'The hits could not be made durable',
}) {}
export class RejectedRowNotFound extends problem({
  code: 'analytics.rejected-row-not-found',
  kind: 'not-found',
  title: 'There is no such rejected row',
}) {}
export class HitStillRefused extends problem({
  code: 'analytics.hit-still-refused',
  kind: 'conflict',
  title: 'The hit cannot be stored any more',
}) {}
