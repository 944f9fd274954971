import { problem } from '@cairn/http/errors';

/** A token names a key that is not known here, and the issuer's keys cannot be fetched: nobody can say whether the token is valid. */
export class KeysUnavailable extends problem({
  code: 'auth.keys-unavailable',
  kind: 'unavailable',
  title: 'The keys that verify access tokens cannot be fetched at the moment',
}) {}

/** The issuer does not answer or refuses this service's credentials. */
export class ServiceTokenUnavailable extends problem({
  code: 'auth.service-token-unavailable',
  kind: 'unavailable',
  title: 'This service cannot get a token for the service that it needs',
}) {}
