import { domainToASCII } from 'node:url';

/** RFC 5321, section 4.5.3.1, in octets. */
const LONGEST = { local: 64, address: 254 };
/** A dot-atom (RFC 5322, section 3.2.3) that may use the letters of any script (RFC 6531, section 3.3). */
const ATOM = "[a-z0-9!#$%&'*+/=?^_`{|}~\\-\\p{L}\\p{M}\\p{N}\\p{S}]+";
const LOCAL_PART = new RegExp(`^${ATOM}(\\.${ATOM})*$`, 'u');
const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * The one form in which an address is stored and compared: trimmed, lower case, NFC, and its domain as DNS writes it (`xn--…`).
 * That a mailbox's own name may tell capitals apart (RFC 5321, section 2.4) is true on paper only.
 */
export function normalizeEmail(email: string): string {
  const lower = email.normalize('NFC').trim().toLowerCase().normalize('NFC');
  const at = lower.lastIndexOf('@');
  return at === -1 ? lower : `${lower.slice(0, at)}@${domainToASCII(lower.slice(at + 1))}`;
}

/** The one spelling of what somebody logs in as: an email, or a username in lower case. */
export function normalizeLogin(login: string): string {
  const email = normalizeEmail(login);
  return isEmail(email) ? email : login.toLowerCase();
}

/** Whether a normalised text is an address that mail could be sent to. */
export function isEmail(normalized: string): boolean {
  const at = normalized.lastIndexOf('@');
  const [local, domain] = [normalized.slice(0, Math.max(at, 0)), normalized.slice(at + 1)];
  return (
    LOCAL_PART.test(local) &&
    DOMAIN.test(domain) &&
    Buffer.byteLength(local) <= LONGEST.local &&
    Buffer.byteLength(normalized) <= LONGEST.address
  );
}
