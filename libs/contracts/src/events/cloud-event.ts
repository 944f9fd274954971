import { z } from 'zod';

/** What databases index: of so many characters at most, and without NUL. */
const name = (characters: number) =>
  z
    .string()
    .min(1)
    .max(characters)
    .regex(/^[^\0]*$/);

/** The envelope of every event: CloudEvents 1.0.2 in the JSON format, with the extension for distributed tracing. */
export const CloudEventSchema = z.object({
  specversion: z.literal('1.0'),
  /** UUIDv7; the same at every delivery, and after a replay. */
  id: name(200),
  /** The service that says it: `/cairn/blog`. */
  source: z.string().min(1),
  type: z.string().min(1),
  /** RFC 3339: when it happened. */
  time: z.iso.datetime({ offset: true }),
  /** The ordering key: what it happened to. */
  subject: name(500),
  datacontenttype: z.literal('application/json'),
  traceparent: z.string().optional(),
  tracestate: z.string().optional(),
  data: z.record(z.string(), z.unknown()),
});

export interface CloudEvent<Data = Record<string, unknown>> extends Omit<z.output<typeof CloudEventSchema>, 'data'> {
  readonly data: Data;
}
