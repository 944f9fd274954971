import { z } from 'zod';

const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

export const ExportHitsSchema = z
  .strictObject({
    from: time.meta({ description: 'At this time or later', examples: ['2026-01-01T00:00:00Z'] }),
    to: time.optional().meta({ description: 'Before this time; now unless told', examples: ['2026-02-01T00:00:00Z'] }),
    format: z
      .enum(['csv', 'json'])
      .default('csv')
      .meta({ description: '`csv` as in RFC 4180, or `json`: an object per line (NDJSON)' }),
  })
  .refine(({ from, to }) => !to || from < to, { path: ['to'], message: 'Must be after `from`' });
export type ExportHits = z.output<typeof ExportHitsSchema>;
