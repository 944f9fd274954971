import { createCipheriv, hkdfSync } from 'node:crypto';

/** Digits and letters of which none looks like another, in print or by hand: no 0 o O, 1 l I, 2 Z, 5 S s, u v. */
export const ALPHABET = '346789ABCDEFGHJKLMNPQRTUVWXYabcdefghijkmnpqrtwxyz';
export const CODE_LENGTH = 7;

/** Codes that there are: 49^7, 678 thousand millions. */
export const CODES = ALPHABET.length ** CODE_LENGTH;
/** 49^7 = (7^7)²: a number below it is two halves below this, so that nothing has to be left out or tried again. */
const HALF = 7 ** 7;
const ROUNDS = 10;

const GENERATED = new RegExp(`^[${ALPHABET}]{${CODE_LENGTH}}$`);
/** What a code may look like. */
export const CODE_PATTERN = /^[A-Za-z0-9_-]{3,64}$/;

/** What is or may become a path beside `{code}`, or would pass for a page of the operator's. A test holds it against the routes. */
const RESERVED = new Set(
  `about account admin api app assets auth blog bulk collect contact dashboard docs favicon graphql health help home index
   legal link-hosts links live login logout metrics openapi password preview privacy ready reports robots robots-txt root
   sign-in sign-out sign-up sitemap sitemap-xml static status support terms unlock well-known www`.split(/\s+/),
);

/** Whether a link could have it: what could not is not looked for. */
export const mayBeCode = (text: string) => CODE_PATTERN.test(text);

/** Why nobody may choose this one of the codes that there may be, or undefined. What generated codes look like is theirs, so that none of them is ever taken. */
export function objectionTo(code: string): string | undefined {
  if (RESERVED.has(code.toLowerCase())) return 'This word is reserved';
  if (GENERATED.test(code))
    return `Generated codes look like this: choose fewer or more than ${CODE_LENGTH} characters`;
  return undefined;
}

/**
 * Codes out of a sequence: a permutation of all numbers below CODES, keyed, so that each number gives another code, and one who sees
 * codes can tell neither the next nor how many there are. A Feistel network over two halves, its rounds keyed by AES, in the manner of
 * NIST SP 800-38G (FF1). Another secret is another permutation, whose codes may have been given out by the first: it stays as it is.
 */
export class CodeCipher {
  private readonly cipher;

  /** @throws RangeError when the secret is short */
  constructor(secret: string) {
    if (secret.length < 32) throw new RangeError('The secret of the codes has less than 32 characters');
    const key = Buffer.from(hkdfSync('sha256', secret, '', 'cairn-links codes', 32));
    // Single blocks without chaining: a random function of round and half, nothing that is kept secret by it.
    this.cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  }

  /** @throws RangeError when the number is no integer from 0 to CODES - 1 */
  encrypt(number: number): string {
    if (!Number.isSafeInteger(number) || number < 0 || number >= CODES)
      throw new RangeError(`${number} has no code: there are ${CODES}`);
    let left = Math.floor(number / HALF);
    let right = number % HALF;
    for (let round = 0; round < ROUNDS; round++) [left, right] = [right, (left + this.round(round, right)) % HALF];
    return toText(left * HALF + right);
  }

  /** The number of a generated code: for operators, and to show that nothing is lost. */
  decrypt(code: string): number {
    if (!GENERATED.test(code)) throw new RangeError(`${code} is no generated code`);
    const number = toNumber(code);
    let left = Math.floor(number / HALF);
    let right = number % HALF;
    for (let round = ROUNDS - 1; round >= 0; round--)
      [left, right] = [(right - this.round(round, left) + HALF) % HALF, left];
    return left * HALF + right;
  }

  /** 48 bits of which the remainder is taken: some thousandths of a millionth from even. */
  private round(round: number, half: number): number {
    const block = Buffer.alloc(16);
    block.writeUInt8(round, 0);
    block.writeUInt32BE(half, 12);
    return this.cipher.update(block).readUIntBE(0, 6) % HALF;
  }
}

function toText(number: number): string {
  let text = '';
  for (let rest = number; text.length < CODE_LENGTH; rest = Math.floor(rest / ALPHABET.length))
    text = ALPHABET[rest % ALPHABET.length] + text;
  return text;
}

const toNumber = (code: string) =>
  [...code].reduce((number, character) => number * ALPHABET.length + ALPHABET.indexOf(character), 0);
