import { problem } from '@cairn/http/errors';

/** Also what a stranger is told about somebody else's link. */
export class LinkNotFound extends problem({
  code: 'links.link-not-found',
  kind: 'not-found',
  title: 'There is no such link',
}) {}
export class NotYourLink extends problem({
  code: 'links.not-your-link',
  kind: 'forbidden',
  title: 'Only its owner or an admin may change a link; moderators may disable it',
}) {}
/** By a link, or by one that was deleted not long ago. */
export class CodeTaken extends problem({
  code: 'links.code-taken',
  kind: 'conflict',
  title: 'This code is taken, or was not long ago',
}) {}
export class NoCodeFound extends problem({
  code: 'links.no-code-found',
  kind: 'unavailable',
  title: 'No free code was found: CODE_SECRET may have been changed',
}) {}
export class TooManyLinks extends problem({
  code: 'links.too-many-links',
  kind: 'too-many',
  title: 'Too many links without an account: sign in, or wait',
}) {}
export class TooManyPreviews extends problem({
  code: 'links.too-many-previews',
  kind: 'too-many',
  title: 'You have asked for as many previews as you may for now',
}) {}
