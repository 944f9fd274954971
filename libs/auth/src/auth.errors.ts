import { problem } from '@cairn/http/errors';

/** A token names a key that is not known here, and the issuer's keys cannot be fetched: nobody can say whether the token is valid. */
export class KeysUnavailable extends problem({
  code: 'auth.keys-unavailable',
  kind: 'unavailable',
  title: 'The keys that verify access tokens cannot be fetched at the moment',
}) {}

/** This service has not yet read which tokens were revoked: nobody can say whether a user's token is still good. */
export class RevocationsUnknown extends problem({
  code: 'auth.revocations-unknown',
  kind: 'unavailable',
  title: 'It is not known yet which access tokens were revoked',
}) {}

/** The issuer does not answer or refuses this service's credentials. */
export class ServiceTokenUnavailable extends problem({
  code: 'auth.service-token-unavailable',
  kind: 'unavailable',
  title: 'This service cannot get a token for the service that it needs',
}) {}
