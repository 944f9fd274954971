const COMMONEST = 10_000;
const SHORTEST = 8;

let common: Promise<ReadonlySet<string>> | undefined;

/**
 * Whether a password is among the 10,000 commonest that are long enough to be chosen here, in whatever case. The dictionary, sorted by
 * frequency, takes 13 MB and is read at the first use.
 */
export async function isCommonPassword(password: string): Promise<boolean> {
  common ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) =>
      new Set(dictionary['passwords-common'].filter((word) => word.length >= SHORTEST).slice(0, COMMONEST)),
  );
  return (await common).has(password.toLowerCase());
}
