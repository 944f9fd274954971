import { z } from 'zod';

/** For services that say facts while they cannot wait for the broker. */
export const SpoolConfigSchema = z.object({
  SPOOL_DIRECTORY: z.string().min(1).optional().meta({
    description:
      'A folder on a disk that outlives the process, where facts wait while the broker is away; without it they are refused then',
  }),
  SPOOL_MAX_BYTES: z.coerce
    .number()
    .int()
    .min(1_000)
    .default(256 * 1024 * 1024)
    .meta({
      description:
        'How much of it one process may fill, what it takes over from dead ones included; what comes beyond is refused. Leave room for twice as much: who follows on a crash has some seconds before it takes over',
    }),
});
export type SpoolConfig = z.infer<typeof SpoolConfigSchema>;
