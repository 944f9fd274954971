import { CannotBeHandled } from '../messaging.errors.ts';

const PROGRAMMERS = ['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError', 'ZodError'];
/**
 * SQLSTATE: data exceptions, and what breaks a rule of the row itself. Not what another may have caused or may mend: a row that was there
 * first (23505) or is not there yet (23503), a table, column or right that the next migration brings (42P01, 42703, 42501).
 */
const PERMANENT = /^(22...|23502|23514|42601)$/;

/** Whether trying again would end the same way. */
export function isPermanent(error: unknown): boolean {
  if (error instanceof CannotBeHandled) return true;
  if (!(error instanceof Error)) return false;
  const sqlState = (error as { driverError?: { code?: string } }).driverError?.code;
  return PROGRAMMERS.includes(error.name) || (sqlState !== undefined && PERMANENT.test(sqlState));
}
