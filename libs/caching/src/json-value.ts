import { createHash } from 'node:crypto';

const LONGEST = 200;

/** Empty for what is not there, which no JSON is. @throws TypeError when JSON cannot tell the value */
export const encoded = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value));

/** Frozen, as many share it. */
export const decoded = <T>(text: string): T | undefined => (text === '' ? undefined : (frozen(JSON.parse(text)) as T));

/** Anybody may ask for a key, or write what a tag is made of: their length is not theirs to choose. */
export const shortened = (key: string) =>
  key.length <= LONGEST ? key : `sha256 ${createHash('sha256').update(key).digest('base64url')}`;

/** As they are kept. @throws RangeError when one is none */
export const keptTags = (tags: readonly string[]): string[] =>
  tags.map((tag) => {
    if (tag === '' || tag.includes('\n')) throw new RangeError(`${JSON.stringify(tag)} is no tag`);
    return shortened(tag);
  });

/** All of it. */
function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) if (typeof part === 'object') frozen(part);
  return Object.freeze(value);
}

export const say = (error: unknown) => (error instanceof Error ? error.message : String(error));
