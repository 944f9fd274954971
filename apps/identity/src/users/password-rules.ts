import { normalizePassword } from './hashing-scheme.ts';

/** Whether a password is what everybody knows of the account anyway: its email or its username, in whatever case. */
export function resemblesAccount(
  password: string,
  { email, username }: { email: string | null; username: string | null },
): boolean {
  return [email, username].includes(normalizePassword(password).toLowerCase());
}
