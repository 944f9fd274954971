import { z } from 'zod';
import { HitRowSchema, time, type HitRow } from '../hit-row.dto.ts';

export const MAX_HITS = 1_000;
/** Bytes of a body: a thousand rows of the usual size fit twice. */
export const MAX_BODY = 2 * 1_048_576;

/** Of a row, that are told. */
const MAX_PROBLEMS = 20;

/** A row that is not as it should be holds up no other. */
export class BadRow {
  readonly row: unknown;
  readonly errors: { path: string; message: string }[];

  constructor(row: unknown, errors: BadRow['errors']) {
    this.row = row;
    this.errors = errors;
  }
}

interface Caught {
  readonly error: { readonly issues: readonly z.core.$ZodIssue[] };
  readonly input: unknown;
}

/** The API description asks without anything caught: there is no default. */
const lenientRow = HitRowSchema.catch(
  ((caught: Caught | undefined) => caught && new BadRow(caught.input, problemsOf(caught.error))) as never,
) as unknown as z.ZodType<HitRow | BadRow>;

const problemsOf = ({ issues }: Caught['error']) =>
  issues
    .slice(0, MAX_PROBLEMS)
    .flatMap((issue) => {
      const path = issue.path.map(String);
      if (issue.code !== 'unrecognized_keys') return [{ path: path.join('.'), message: issue.message }];
      return issue.keys
        .slice(0, MAX_PROBLEMS)
        .map((key) => ({ path: [...path, key].join('.'), message: 'Unknown field' }));
    })
    .slice(0, MAX_PROBLEMS);

/** One hit may stand in the body itself, without a list. */
const oneOrMany = (body: unknown) => {
  if (typeof body !== 'object' || body === null || Array.isArray(body) || 'hits' in body) return body;
  const { site, sentAt, ...row } = body as Record<string, unknown>;
  return { site, sentAt, hits: [row] };
};

export const CollectHitsSchema = z
  .preprocess(
    oneOrMany,
    z.strictObject({
      site: z
        .string()
        .regex(/^[\w-]{1,100}$/, 'Must be the key of a site')
        .meta({ description: 'The public key of the site', examples: ['8sYb1x0aQ2mTn4Zc'] }),
      sentAt: time
        .optional()
        .meta({ description: 'What your clock says now: what it is ahead or behind is corrected' }),
      hits: z.array(lenientRow).min(1).max(MAX_HITS),
    }),
  )
  .meta({
    id: 'CollectHits',
    description:
      'One hit may also stand in the body itself, beside `site`. As JSON, also under `text/plain`. The User-Agent says who it was: ' +
      'what names itself a program (curl, Node’s fetch) counts under `bots`, so a server that reports for its visitors sends theirs',
    examples: [{ site: '8sYb1x0aQ2mTn4Zc', hits: [{ name: 'pageview', url: 'https://example.org/pricing' }] }],
  });
export type CollectHits = z.output<typeof CollectHitsSchema>;

export const CollectedSchema = z
  .object({
    accepted: z.int().meta({ description: 'So many are stored, each once by its id' }),
    rejected: z
      .array(
        z.object({
          index: z.int().meta({ description: 'Of the row in `hits`' }),
          errors: z.array(z.object({ path: z.string(), message: z.string() })),
        }),
      )
      .meta({ description: 'Rows that are not as they should be: the owner of the site can see and replay them' }),
  })
  .meta({ id: 'CollectedHits' });
export type Collected = z.output<typeof CollectedSchema>;
