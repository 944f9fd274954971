/** A key pair that signs access tokens, from a moment on and until a younger one does. */
export class SigningKey {
  kid: string;
  publicJwk: { kid: string; kty: string; crv: string; x: string; y: string; alg: string; use: string };
  /** Sealed: see seal.ts. */
  sealedPrivateKey: Buffer;
  createdAt: Date;
  /** Published before it signs, so that every service knows it by then. */
  signsFrom: Date;
}

/** The one that signs now: of those whose time has come, the youngest. */
export function signerAt<Key extends Pick<SigningKey, 'signsFrom'>>(keys: readonly Key[], now: Date): Key | undefined {
  return youngestFirst(keys).find(({ signsFrom }) => signsFrom <= now);
}

/** Those that are published: what signs, what will, and what has signed a token that may not have expired yet. */
export function publishedAt<Key extends Pick<SigningKey, 'signsFrom'>>(
  keys: readonly Key[],
  longestTokenSeconds: number,
  now: Date,
): Key[] {
  const sorted = youngestFirst(keys);
  return sorted.filter((_, index) => {
    const successor = sorted[index - 1];
    return !successor || successor.signsFrom.getTime() + longestTokenSeconds * 1_000 > now.getTime();
  });
}

const youngestFirst = <Key extends Pick<SigningKey, 'signsFrom'>>(keys: readonly Key[]) =>
  keys.toSorted((a, b) => b.signsFrom.getTime() - a.signsFrom.getTime());
