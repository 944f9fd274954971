import { commaSeparated } from '@cairn/service';
import { z } from 'zod';

const PrefixSchema = z.string().regex(/^(\/[A-Za-z0-9._~-]+)+$/, 'must be a path such as /api/v1/posts');

/** A service behind the gateway, and what of it is public. */
const UpstreamSchema = z.strictObject({
  /** Where it listens: `http://127.0.0.1:3002`. */
  origin: z.url({ protocol: /^https?$/ }).transform((url) => new URL(url).origin),
  /** Path prefixes, whole segments, that are sent to it unchanged. Nothing else of it can be reached. */
  routes: z.array(PrefixSchema),
  /** Bytes that a request's body may have below a path, where that is not MAX_BODY. */
  limits: z.record(PrefixSchema, z.int().positive()).default({}),
  /** Milliseconds until the head of its answer has arrived. */
  deadlineMs: z.int().positive().default(15_000),
});
export type UpstreamConfig = z.infer<typeof UpstreamSchema>;

/** The environment of the gateway. */
export const ConfigSchema = z.object({
  UPSTREAMS: z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'not JSON' });
        return z.NEVER;
      }
    })
    .pipe(z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), UpstreamSchema))
    .meta({
      description: 'The services behind it, as JSON: where each listens and what of it is public',
      example: '{}',
    }),
  CORS_ORIGINS: commaSeparated().meta({
    description: 'Origins whose pages may call the API from a browser, separated by commas',
  }),
  MAX_BODY: z.coerce
    .number()
    .int()
    .positive()
    .default(1_048_576)
    .meta({ description: 'Bytes of a request, where `limits` of an upstream say nothing else' }),
});
export type Config = z.infer<typeof ConfigSchema>;
