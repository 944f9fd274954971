import { text } from '@cairn/http';
import { z } from 'zod';
import { MAX_TAG_LENGTH, normalizeTag, TAG } from './tag.ts';

/** A tag as it comes in: in any case, with spaces or underscores for dashes. */
export const TagSchema = text()
  .max(200)
  .overwrite(normalizeTag)
  .refine((tag) => TAG.test(tag), 'Only letters, digits and single dashes between them')
  .refine((tag) => tag.length <= MAX_TAG_LENGTH, `At most ${MAX_TAG_LENGTH} characters`)
  .meta({ description: 'Letters, digits and dashes, at most 32; lower case', examples: ['node'] });

/** The tags of one post. */
export const tags = z
  .array(TagSchema)
  .max(10)
  .overwrite((each) => [...new Set(each)])
  .meta({ description: 'Normalised, duplicates removed', examples: [['node', 'machine-learning']] });
