import { problem } from '@cairn/http/errors';

/** `invalid_client` of RFC 6749, section 5.2. */
export class InvalidClient extends problem({
  code: 'identity.invalid-client',
  kind: 'unauthenticated',
  title: 'The service is not known or its secret is wrong',
}) {}
