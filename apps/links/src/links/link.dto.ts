import { line, timestamp } from '@cairn/http';
import { z } from 'zod';
import { CODE_LENGTH, CODE_PATTERN, objectionTo } from './code.ts';
import { devices, statuses, utmFields } from './link.ts';
import { LONGEST_TARGET, parseTarget } from './target.ts';

/** What an owner writes, and its limits. */
export const target = () =>
  z
    .string()
    .max(2 * LONGEST_TARGET)
    .transform((text, context) => {
      const parsed = parseTarget(text);
      if ('url' in parsed) return parsed.url.href;
      context.addIssue({ code: 'custom', message: parsed.objection });
      return z.NEVER;
    })
    .meta({
      format: 'uri',
      description: 'http or https, without user name or password',
      examples: ['https://example.org/'],
    });

/** Why a moderator does something, or somebody wants it. */
export const reason = line().min(1).max(500);
export const title = line().max(200);
export const tag = line()
  .min(1)
  .max(50)
  .meta({ examples: ['summer-2026'] });
export const tags = z
  .array(tag)
  .max(20)
  .overwrite((each) => [...new Set(each)]);
export const password = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => text.isWellFormed(), 'Contains a character that is not text');
export const status = z
  .literal(statuses)
  .meta({ description: 'Of the redirect: 301 and 308 are for ever, 307 and 308 keep the method', examples: [302] });
export const maxVisits = z.int().min(1).max(2_000_000_000).meta({ description: 'Exact: the next visit is a 410' });
export const time = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .refine((date) => date.getTime() >= 0 && date.getUTCFullYear() < 10_000, 'Must lie between 1970 and 9999')
  .meta({ examples: ['2030-01-01T00:00:00Z'] });

const TargetSchema = z.strictObject({ url: target(), weight: z.int().min(1).max(1_000).default(1) });
export const targets = z
  .array(TargetSchema)
  .max(10)
  .meta({ description: 'Two or more share the visits by their weights' });

const utmValue = line().min(1).max(200).nullable().default(null);
const utmShape = { source: utmValue, medium: utmValue, campaign: utmValue, term: utmValue, content: utmValue };
export const utm = z
  .strictObject(utmShape satisfies Record<(typeof utmFields)[number], unknown>)
  .meta({ description: 'Added to the address as `utm_source` and so on', examples: [{ source: 'newsletter' }] });

const RuleSchema = z.strictObject({
  device: z.enum(devices).nullable().default(null),
  language: z
    .string()
    .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/)
    .toLowerCase()
    .nullable()
    .default(null)
    .meta({ description: 'The begin of a language tag: `de` is also `de-AT`', examples: ['de'] }),
  country: z
    .string()
    .regex(/^[A-Za-z]{2}$/)
    .toUpperCase()
    .nullable()
    .default(null)
    .meta({ description: 'ISO 3166-1 alpha-2', examples: ['AT'] }),
  url: target(),
});
export const rules = z.array(RuleSchema).max(20).meta({
  description:
    'Who fits all that a rule gives goes to its address, before any target: the first that fits; of languages the one that is read most gladly',
});

export const passPath = z.boolean().meta({ description: 'What follows the code in the path is added to the address' });
export const passQuery = z.boolean().meta({ description: 'The query of the visit is added to the address' });

/** What somebody chooses. */
export const customCode = z
  .string()
  .regex(CODE_PATTERN, '3 to 64 letters, digits, dashes and underscores')
  .superRefine((code, { addIssue }) => {
    const objection = objectionTo(code);
    if (objection) addIssue(objection);
  })
  .meta({
    description: `3 to 64 letters, digits, dashes and underscores, case counts; generated codes have ${CODE_LENGTH}`,
    examples: ['summer-sale'],
  });

/** A code in a path. What cannot be one is just not found. */
export const CodeSchema = line().min(1).max(200);

export const linkStates = ['active', 'scheduled', 'expired', 'exhausted', 'disabled'] as const;

export const TargetViewSchema = z.object({ url: z.string(), weight: z.int() });
export const UtmViewSchema = z.object({
  source: z.string().nullable(),
  medium: z.string().nullable(),
  campaign: z.string().nullable(),
  term: z.string().nullable(),
  content: z.string().nullable(),
} satisfies Record<(typeof utmFields)[number], z.ZodType>);
export const RuleViewSchema = z.object({
  device: z.enum(devices).nullable(),
  language: z.string().nullable(),
  country: z.string().nullable(),
  url: z.string(),
});

export const LinkSchema = z
  .object({
    id: z.uuid(),
    code: z.string().meta({ examples: ['k7Hq3Xd'] }),
    shortUrl: z.string().meta({ examples: ['https://go.example.org/s/k7Hq3Xd'] }),
    url: z.string().meta({ description: 'With several targets that of the first', examples: ['https://example.org/'] }),
    targets: z.array(TargetViewSchema),
    status: z.int().meta({ description: 'Of the redirect', examples: [302] }),
    passPath: z.boolean(),
    passQuery: z.boolean(),
    utm: UtmViewSchema.nullable(),
    rules: z.array(RuleViewSchema),
    hasPassword: z.boolean(),
    startsAt: timestamp.nullable(),
    expiresAt: timestamp.nullable(),
    maxVisits: z.int().nullable(),
    title: z.string(),
    tags: z.array(z.string()).meta({ examples: [['summer-2026']] }),
    ownerId: z.uuid().nullable().meta({ description: 'Null: made by somebody who was not signed in' }),
    state: z.enum(linkStates).meta({ id: 'LinkState' }),
    disabledReason: z.string().nullable().meta({ description: 'Why a moderator disabled it, or its host' }),
    createdAt: timestamp,
    updatedAt: timestamp,
    version: z.int().meta({ description: 'Grows with every change: the first part of the ETag' }),
  })
  .meta({ id: 'Link' });
export type LinkView = z.input<typeof LinkSchema>;
