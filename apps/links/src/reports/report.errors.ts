import { problem } from '@cairn/http/errors';

export class TooManyReports extends problem({
  code: 'links.too-many-reports',
  kind: 'too-many',
  title: 'You have reported as many links as you may for now',
}) {}
export class ReportNotFound extends problem({
  code: 'links.report-not-found',
  kind: 'not-found',
  title: 'There is no such report: it was dismissed, or its link is disabled or deleted',
}) {}
