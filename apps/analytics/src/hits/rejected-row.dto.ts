import { PageQuerySchema, pageOf, timestamp } from '@cairn/http';
import { z } from 'zod';

export const RejectedRowIdSchema = z.uuid();

export const RejectedRowSchema = z
  .object({
    id: z.uuid(),
    siteId: z.uuid(),
    row: z.unknown().meta({ description: 'As it came, without visitor id, e-mail addresses and tokens; an event that came too late as `hit`' }), // prettier-ignore
    reason: z.string().meta({ examples: ['url: Must be an http or https URL'] }),
    receivedAt: timestamp,
    rejectedAt: timestamp,
  })
  .meta({ id: 'RejectedRow' });
export type RejectedRowView = z.input<typeof RejectedRowSchema>;

export const ListRejectedRowsSchema = PageQuerySchema.extend({ siteId: z.uuid().optional() });
export type ListRejectedRows = z.infer<typeof ListRejectedRowsSchema>;
export const RejectedRowPageSchema = pageOf(RejectedRowSchema).meta({ id: 'RejectedRowPage' });

export const ReplayRejectedRowSchema = z
  .strictObject({
    change: z
      .record(z.string().max(50), z.unknown())
      .default({})
      .meta({ description: 'Fields of the row that are to be others; null takes one out' }),
  })
  .meta({ id: 'ReplayRejectedRow', examples: [{ change: { url: 'https://example.org/pricing' } }] });
export type ReplayRejectedRow = z.output<typeof ReplayRejectedRowSchema>;

export const ReplayedSchema = z
  .object({ stored: z.boolean().meta({ description: 'False: a hit of this id was stored before' }) })
  .meta({ id: 'ReplayedRow' });
export type Replayed = z.output<typeof ReplayedSchema>;
