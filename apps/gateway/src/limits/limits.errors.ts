import { problem } from '@cairn/http/errors';

export class TooManyRequests extends problem({
  code: 'gateway.too-many-requests',
  kind: 'too-many',
  title: 'You have sent more requests of this kind than you may for now',
}) {}
