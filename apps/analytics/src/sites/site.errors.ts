import { problem } from '@cairn/http/errors';
import { MAX_READERS, MAX_SITES } from './site.ts';

/** Also what a stranger is told about somebody else's site. */
export class SiteNotFound extends problem({
  code: 'analytics.site-not-found',
  kind: 'not-found',
  title: 'There is no such site',
}) {}
export class NotYourSite extends problem({
  code: 'analytics.not-your-site',
  kind: 'forbidden',
  title: 'Only its owner may change a site',
}) {}
export class TooManySites extends problem({
  code: 'analytics.too-many-sites',
  kind: 'conflict',
  title: `Nobody may have more than ${MAX_SITES} sites`,
}) {}
export class TooManyReaders extends problem({
  code: 'analytics.too-many-readers',
  kind: 'conflict',
  title: `A site may have ${MAX_READERS} readers`,
}) {}
/** Its visitors are told apart by days of UTC, and the next visit would make it anew. */
export class SiteMadeByItself extends problem({
  code: 'analytics.site-made-by-itself',
  kind: 'conflict',
  title: 'A site of links or of the blog stays, keeps UTC and takes hits from no page',
}) {}
