import { z } from 'zod';

/** Where the dials are turned, on the service itself: the gateway sends nothing to /internal. */
export const FAULTS_PATH = '/internal/v1/faults';

/** Whether this process can be told to misbehave, and by whom. */
export const FaultDialsConfigSchema = z.object({
  FAULT_DIALS: z.stringbool().default(false).meta({
    description:
      'Lets `npm run fault` delay and fail requests, to show what others do then; never with `NODE_ENV=production`',
  }),
  FAULT_DIALS_SECRET: z.string().min(16).optional().meta({
    description: 'What whoever sets the dials proves themselves by: 16 characters or more',
  }),
});
export type FaultDialsConfig = z.infer<typeof FaultDialsConfigSchema>;

/** The secret, or undefined where there are no dials. @throws Error in one sentence where there must not be any */
export function faultDialsSecret(config: FaultDialsConfig, nodeEnv = process.env.NODE_ENV): string | undefined {
  if (!config.FAULT_DIALS) return undefined;
  if (nodeEnv === 'production')
    throw new Error('FAULT_DIALS is on, and NODE_ENV is production: faults are for demonstrations.');
  if (!config.FAULT_DIALS_SECRET)
    throw new Error('FAULT_DIALS is on, and FAULT_DIALS_SECRET is not set: anybody could turn them.');
  return config.FAULT_DIALS_SECRET;
}

const share = z.number().min(0).max(1).default(0);

/** What is to go wrong. */
export const DialSchema = z
  .strictObject({
    /** Milliseconds that a request waits before anything else happens to it. */
    latencyMs: z.int().min(0).max(60_000).default(0),
    /** The share of requests, 0 to 1, that fail with a 500. */
    errors: share,
    /** The share of requests whose connection is cut. */
    cut: share,
    /** It ends by itself: no demonstration leaves a broken system behind. */
    seconds: z.int().min(1).max(3_600).default(120),
    /** Only this path and those below it. */
    path: z
      .string()
      .regex(/^\/[^?#]*$/, 'must be a path such as /api/v1/posts')
      .optional(),
  })
  .refine(({ errors, cut }) => errors + cut <= 1, {
    path: ['cut'],
    message: 'must be no more than what errors leaves of 1',
  })
  .refine(({ latencyMs, errors, cut }) => latencyMs + errors + cut > 0, {
    path: ['latencyMs'],
    message: 'one of latencyMs, errors and cut must be more than 0',
  });
export type Dial = z.infer<typeof DialSchema>;
