import { z } from 'zod';
import { IdSchema, UserIdSchema } from '../ids.ts';
import { defineEvent } from './event-contract.ts';
import { AudienceSchema } from './audience.ts';

export const linkLimitReached = defineEvent('links.limit-reached.v1', {
  description:
    'The visits of a link that its owner allows are used up, by the last of them or as fewer are allowed now: later ones are refused. Where the answer to the last was lost, it let nobody through.',
  schema: z.object({
    linkId: IdSchema,
    code: z.string().meta({ examples: ['summer'] }),
    ownerId: UserIdSchema.nullable(),
    maxVisits: z.int().positive(),
  }),
  subjectOf: ({ linkId }) => linkId,
});

export const LinkVisitSchema = z.object({
  /** UUIDv7 of the visit, by which it is counted once. */
  id: IdSchema,
  linkId: IdSchema,
  code: z.string().meta({ examples: ['summer'] }),
  ownerId: UserIdSchema.nullable(),
  at: z.iso.datetime(),
  /** The host of the page that the visitor came from. */
  referrer: z
    .string()
    .max(255)
    .nullable()
    .meta({ examples: ['news.example'] }),
  /** Which of the link's targets was answered: 0 where there is one. */
  target: z.int().nonnegative(),
  audience: AudienceSchema,
});
export type LinkVisit = z.output<typeof LinkVisitSchema>;

export const linkVisitsRecorded = defineEvent('links.visits-recorded.v1', {
  description:
    'Redirects that were answered: those of one moment of one process together, in no order. It carries no address; the visitor is a hash, or nobody.',
  schema: z.object({ batchId: IdSchema, visits: z.array(LinkVisitSchema).min(1).max(500) }),
  subjectOf: ({ batchId }) => batchId,
});
