/** Not an offset such as `+01:00`, which PostgreSQL reads the other way round. */
const NAME = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/;

/** The name in the letters of the IANA database; undefined where there is no such zone. Of two names of one zone either stays. */
export function timeZoneNamed(name: string): string | undefined {
  if (!NAME.test(name)) return undefined;
  try {
    const resolved = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
    return resolved.toLowerCase() === name.toLowerCase() ? resolved : name;
  } catch {
    return undefined;
  }
}
