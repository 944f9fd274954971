import { problem } from '@cairn/http/errors';

export class ReportTooLarge extends problem({
  code: 'analytics.report-too-large',
  kind: 'invalid',
  title: 'The report takes too long: ask for a shorter period',
}) {}
/** A report takes a turn for each of its statements, and an account may wait for so many. */
export class TooManyReports extends problem({
  code: 'analytics.too-many-reports',
  kind: 'too-many',
  title: 'As many of your reports wait as may: let some come to their end',
}) {}
/** Whoever may send hits may send any amounts. */
export class RevenueTooLarge extends problem({
  code: 'analytics.revenue-too-large',
  kind: 'conflict',
  title: 'The revenue is a larger number than can be told exactly',
}) {}
