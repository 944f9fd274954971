import { timestamp } from '@cairn/http';
import { z } from 'zod';

export const RealtimeSchema = z
  .object({
    at: timestamp.meta({ description: 'The end of the five minutes: now' }),
    visitors: z
      .int()
      .meta({ description: 'Different visitors; who asks not to be tracked is nobody, and not among them' }),
    visits: z.int().meta({ description: 'Page views and visits of links, of people' }),
    minutes: z
      .array(z.object({ from: timestamp, visits: z.int() }))
      .length(5)
      .meta({ description: 'Minute by minute up to now, the oldest first' }),
    pages: z
      .array(z.object({ path: z.string(), visits: z.int(), visitors: z.int() }))
      .max(10)
      .meta({ description: 'The most visited ones, at most ten' }),
  })
  .meta({ id: 'Realtime' });
export type Realtime = z.output<typeof RealtimeSchema>;
