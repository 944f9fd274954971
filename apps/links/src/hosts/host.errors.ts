import { problem } from '@cairn/http/errors';

export class HostNotDisabled extends problem({
  code: 'links.host-not-disabled',
  kind: 'not-found',
  title: 'This host is not disabled',
}) {}
