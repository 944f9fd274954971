import { problem } from '@cairn/http/errors';

/** Also before a link begins: what is planned is not told. */
export class NothingHere extends problem({
  code: 'links.nothing-here',
  kind: 'not-found',
  title: 'No link leads on from this address',
}) {}
export class LinkDeleted extends problem({
  code: 'links.deleted',
  kind: 'gone',
  title: 'This link was deleted',
}) {}
export class LinkExpired extends problem({
  code: 'links.expired',
  kind: 'gone',
  title: 'This link has expired',
}) {}
export class LinkUsedUp extends problem({
  code: 'links.used-up',
  kind: 'gone',
  title: 'This link has been followed as often as its owner allowed',
}) {}
export class LinkDisabled extends problem({
  code: 'links.disabled',
  kind: 'gone',
  title: 'This link was disabled by a moderator',
}) {}
export class PasswordRequired extends problem({
  code: 'links.password-required',
  kind: 'forbidden',
  title: 'This link wants a password: send it by POST to the same address',
}) {}
export class PasswordWrong extends problem({
  code: 'links.password-wrong',
  kind: 'forbidden',
  title: 'This is not the password',
}) {}
export class TooManyPasswords extends problem({
  code: 'links.too-many-passwords',
  kind: 'too-many',
  title: 'Too many passwords have been tried',
}) {}
export class ForeignForm extends problem({
  code: 'links.foreign-form',
  kind: 'forbidden',
  title: 'A password is not taken from a page of another site',
}) {}
