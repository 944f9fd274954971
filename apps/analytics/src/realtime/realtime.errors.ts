import { problem } from '@cairn/http/errors';

export class TooManyStreams extends problem({
  code: 'analytics.too-many-streams',
  kind: 'too-many',
  title: 'You follow as many streams as you may: end one first',
}) {}
