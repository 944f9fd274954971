import { problem } from '@cairn/http/errors';

export class TooManyExports extends problem({
  code: 'analytics.too-many-exports',
  kind: 'too-many',
  title: 'As many of your exports are under way as may be: let one come to its end',
}) {}
