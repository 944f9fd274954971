import { z } from 'zod';

const name = z.string().min(1).max(60);

/** What a request tells of who made it, and nothing by which that person could be found. */
export const AudienceSchema = z.object({
  /** Only what people do counts as a visit; previews are those that chat programs fetch when somebody pastes an address. */
  kind: z.enum(['person', 'bot', 'preview']),
  /**
   * A hash that stands for the visitor within one day of the site; null where it is nobody's: bots, and who asks not to be tracked (DNT, GPC).
   */
  visitor: z.uuid().nullable(),
  /** The same visitor by the salt of the day before, in the first half hour of a day: so that a session may cross midnight. */
  visitorOfYesterday: z.uuid().nullable(),
  /** ISO 3166-1 alpha-2. */
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .nullable()
    .meta({ examples: ['AT'] }),
  device: z.enum(['desktop', 'mobile', 'tablet', 'other']),
  browser: name.nullable().meta({ examples: ['Firefox'] }),
  os: name.nullable().meta({ examples: ['Linux'] }),
});
export type Audience = z.output<typeof AudienceSchema>;
