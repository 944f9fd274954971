import { z } from 'zod';

/** A time as it leaves: a Date (or, in a stored answer, its text) becomes RFC 3339 in UTC with milliseconds. */
export const timestamp = z
  .union([z.date(), z.iso.datetime()])
  .transform((time) => (typeof time === 'string' ? time : time.toISOString()))
  .pipe(z.iso.datetime());
