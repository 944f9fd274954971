import { z } from 'zod';

const day = z.iso.date().refine((text) => text >= '2000-01-01' && text < '2100-01-01', 'Must be a day of this century');

export const RerollSchema = z
  .strictObject({
    siteId: z.uuid(),
    from: day.optional().meta({ description: 'The first day of the site; all that are kept where it is absent' }),
    to: day.optional().meta({ description: 'The last' }),
  })
  .refine(({ from, to }) => !from || !to || from <= to, { path: ['to'], message: 'Must not be before `from`' })
  .meta({
    id: 'Reroll',
    examples: [{ siteId: '0198b5a4-6a0e-7cc1-9d1c-2f3b5c1d7e90', from: '2026-11-01', to: '2026-11-30' }],
  });
export type Reroll = z.output<typeof RerollSchema>;

export const RerollingSchema = z
  .object({
    from: z.iso
      .date()
      .nullable()
      .meta({ description: 'Days whose hits are not all kept stay as they are: null when none is made anew' }),
    to: z.iso.date().nullable(),
  })
  .meta({ id: 'Rerolling' });
export type Rerolling = z.output<typeof RerollingSchema>;
