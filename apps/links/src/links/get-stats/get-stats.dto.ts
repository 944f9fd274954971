import { timestamp } from '@cairn/http';
import { z } from 'zod';

export const LinkStatsSchema = z
  .object({
    code: z.string().meta({ examples: ['k7Hq3Xd'] }),
    visits: z.int().meta({ description: 'By people' }),
    previews: z.int().meta({ description: 'By programs that show an address before somebody follows it' }),
    bots: z.int(),
    lastVisitAt: timestamp.nullable().meta({ description: 'By a person' }),
  })
  .meta({ id: 'LinkStats', description: 'Totals, moments behind the visits. Who, when and from where: analytics' });
export type LinkStats = z.input<typeof LinkStatsSchema>;
