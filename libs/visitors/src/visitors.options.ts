import { z } from 'zod';

export const VISITORS_CONFIG = Symbol('VISITORS_CONFIG');

/** The part of a service's environment that concerns its visitors. */
export const VisitorsConfigSchema = z.object({
  COUNTRY_HEADER: z
    .string()
    .regex(/^[A-Za-z0-9-]+$/, 'not the name of a header')
    .transform((name) => name.toLowerCase())
    .optional()
    .meta({
      description:
        "The header in which an edge that overwrites it tells a visitor's country, as `CF-IPCountry`; without it a file of address ranges is asked",
    }),
});
export type VisitorsConfig = z.infer<typeof VisitorsConfigSchema>;
