/** Not an offset such as `+01:00`, which PostgreSQL reads the other way round. */
const NAME = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/;

/** Whether Node.js knows the zone, in capitals or not. */
export function isTimeZone(name: string): boolean {
  if (!NAME.test(name)) return false;
  try {
    return !!new Intl.DateTimeFormat('en', { timeZone: name });
  } catch {
    return false;
  }
}
