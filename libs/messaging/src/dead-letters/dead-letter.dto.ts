import { line, pageOf, PageQuerySchema, timestamp } from '@cairn/http';
import { z } from 'zod';

/** The place in the order of parking; not the event's id, which may be dead in several groups. */
export const DeadLetterIdSchema = z
  .string()
  .regex(/^\d{1,18}$/, 'A number')
  .meta({ example: '4711' });

const MAX_CHARACTERS = 500;
/** The most ids that one request names. */
const MAX_IDS = 1_000;

const filter = {
  group: line().min(1).max(MAX_CHARACTERS).optional().meta({ description: 'Of this consumer group only' }),
  type: line()
    .min(1)
    .max(MAX_CHARACTERS)
    .optional()
    .meta({ description: 'Of this type only', example: 'blog.post-published.v1' }),
  key: line().min(1).max(MAX_CHARACTERS).optional().meta({ description: 'Of this ordering key only' }),
};

export const ListDeadLettersSchema = PageQuerySchema.safeExtend(filter);
export type ListDeadLetters = z.infer<typeof ListDeadLettersSchema>;

/** Which of them: by name, by what they have in common, or all of them, which has to be said. */
export const ChooseDeadLettersSchema = z
  .strictObject({
    ids: z.array(DeadLetterIdSchema).min(1).max(MAX_IDS).optional(),
    ...filter,
    all: z.literal(true).optional().meta({ description: 'Every dead letter of this service' }),
  })
  .refine((chosen) => Object.values(chosen).some((each) => each !== undefined), 'Say which: ids, a filter, or all')
  .refine(({ ids, ...rest }) => !ids || Object.values(rest).every((each) => each === undefined), {
    path: ['ids'],
    message: 'Not together with a filter or all',
  })
  .meta({ id: 'ChooseDeadLetters', example: { type: 'blog.post-published.v1' } });
export type ChooseDeadLetters = z.infer<typeof ChooseDeadLettersSchema>;

const summary = {
  id: DeadLetterIdSchema,
  eventId: z.string(),
  group: z.string().meta({ description: 'The consumer group that could not handle it' }),
  type: z.string().nullable().meta({ description: 'null where it could not even be read' }),
  topic: z.string(),
  key: z.string().meta({ description: 'Later events of this key wait behind it' }),
  state: z
    .enum(['dead', 'retrying', 'waiting'])
    .meta({ description: '`retrying` once it is replayed; `waiting` behind an earlier one of its key' }),
  reason: z.string().nullable(),
  attempts: z.number().int().meta({ description: 'Since it came, or since it was last replayed' }),
  parkedAt: timestamp,
  failedAt: timestamp.nullable(),
  waiting: z.number().int().meta({ description: 'How many events wait behind it' }),
};

export const DeadLetterSchema = z.object(summary).meta({ id: 'DeadLetter' });
export const DeadLetterPageSchema = pageOf(DeadLetterSchema).meta({ id: 'DeadLetterPage' });

export const DeadLetterDetailsSchema = z
  .object({
    ...summary,
    retryAt: timestamp.nullable(),
    position: z.string().meta({ description: 'Where the broker keeps it' }),
    headers: z.record(z.string(), z.string()),
    record: z.string().meta({ description: 'As it was received: a CloudEvent in JSON, unless that is what is wrong' }),
    stack: z.string().nullable(),
  })
  .meta({ id: 'DeadLetterDetails' });

export const ChosenSchema = z
  .object({
    done: z.number().int(),
    skipped: z.array(z.string()).meta({ description: 'Those of the ids that are no dead letters (any more)' }),
    remaining: z.number().int().meta({ description: 'How many of those chosen are still dead: ask again' }),
  })
  .meta({ id: 'ChosenDeadLetters' });
export type Chosen = z.infer<typeof ChosenSchema>;

/** As the database has it: what is a Date leaves as RFC 3339. */
export type DeadLetter = z.input<typeof DeadLetterSchema>;
export type DeadLetterDetails = z.input<typeof DeadLetterDetailsSchema>;
