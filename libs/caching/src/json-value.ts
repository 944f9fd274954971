import { createHash } from 'node:crypto';

const LONGEST_KEY = 200;
const LONGEST_TAG = 200;

/** Empty for what is not there, which no JSON is. @throws TypeError when JSON cannot tell the value */
export const encoded = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value));

/** Frozen, as many share it. */
export const decoded = <T>(text: string): T | undefined => (text === '' ? undefined : (frozen(JSON.parse(text)) as T));

/** @throws RangeError */
export function assertTags(tags: readonly string[]): void {
  const wrong = tags.find((tag) => tag === '' || tag.length > LONGEST_TAG || tag.includes('\n'));
  if (wrong !== undefined) throw new RangeError(`${JSON.stringify(wrong)} is no tag`);
}

/** Anybody may ask for a key: its length is not theirs to choose. */
export const shortened = (key: string) =>
  key.length <= LONGEST_KEY ? key : `sha256 ${createHash('sha256').update(key).digest('base64url')}`;

/** All of it. */
function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) if (typeof part === 'object') frozen(part);
  return Object.freeze(value);
}

export const say = (error: unknown) => (error instanceof Error ? error.message : String(error));
