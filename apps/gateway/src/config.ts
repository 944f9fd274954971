import { AuthConfigSchema } from '@cairn/auth';
import { commaSeparated, ProcessConfigSchema } from '@cairn/service';
import { z } from 'zod';
import { ROUTE_CLASSES } from './route-classes.ts';

const PrefixSchema = z.string().regex(/^(\/[A-Za-z0-9._~-]+)+$/, 'must be a path such as /api/v1/posts');

/** A service behind the gateway, and what of it is public. */
const UpstreamSchema = z.strictObject({
  /** Where its instances listen: `http://127.0.0.1:3002`. */
  origins: z.array(z.url({ protocol: /^https?$/ }).transform((url) => new URL(url).origin)).min(1),
  /** Path prefixes, whole segments, that are sent to it unchanged. Nothing else of it can be reached. */
  routes: z.array(PrefixSchema),
  /** Classes of routes that are neither just read nor just written: `{"POST /api/v1/posts/import": "upload"}`. */
  classes: z
    .record(
      z
        .string()
        .regex(
          /^[A-Z]+ (\/[A-Za-z0-9._~-]+)+(\/\*)?$/,
          'must be a method and a path such as POST /api/v1/sessions, or GET /s/* for all below /s',
        ),
      z.string(),
    )
    .default({}),
  /** Paths that pages of every origin may call, without credentials, whatever CORS_ORIGINS says: what is embedded in others' pages. */
  anyOrigin: z.array(PrefixSchema).default([]),
  /** Path prefixes whose visitors are in no log: what is embedded in others' pages, and links that people only pass through. */
  unnamed: z.array(PrefixSchema).default([]),
  /** Requests to it at once, over all instances. More are refused: one slow service must not hold all that the gateway has. */
  concurrency: z.int().positive().default(512),
});
export type UpstreamConfig = z.infer<typeof UpstreamSchema>;

const RouteClassSchema = z.strictObject({
  /** Bytes that a body may have. */
  maxBody: z.int().positive(),
  /** Milliseconds until the head of the answer has arrived. */
  deadlineMs: z.int().positive(),
  /** Requests of one caller: so many at once, so many a minute in the long run. */
  burst: z.int().positive(),
  perMinute: z.int().positive(),
  /** Counted one by one in Redis: for what must not be exceeded by one, as log-ins. Others are leased in small portions. */
  exact: z.boolean(),
  /** Whether a read that may have arrived is asked again when its answer does not come. */
  retries: z.boolean(),
});
export type RouteClass = z.infer<typeof RouteClassSchema>;

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'not JSON' });
    return z.NEVER;
  }
});

/** The environment of the gateway. */
export const ConfigSchema = z
  .object({
    UPSTREAMS: json.pipe(z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), UpstreamSchema)).meta({
      description: 'The services behind it, as JSON: where each listens and what of it is public',
      example: '{}',
    }),
    ROUTE_CLASSES: json
      .default({})
      .pipe(z.record(z.string().regex(/^[a-z][a-z-]*$/), RouteClassSchema.partial().strict()))
      .transform((changes, context) => {
        const classes: Record<string, RouteClass> = { ...ROUTE_CLASSES };
        for (const [name, change] of Object.entries(changes)) {
          const { data, error } = RouteClassSchema.safeParse({ ...classes[name], ...change });
          if (data) classes[name] = data;
          else context.addIssue({ code: 'custom', message: `${name} lacks ${error.issues[0]?.path.join('.')}` });
        }
        return classes;
      })
      .meta({ description: 'What differs from the usual limits of each class of routes, as JSON' }),
    CORS_ORIGINS: commaSeparated().meta({
      description: 'Origins whose pages may call the API from a browser, separated by commas',
    }),
    MAX_IN_FLIGHT: z.coerce
      .number()
      .int()
      .positive()
      .default(2_000)
      .meta({ description: 'Requests at once, of all clients. More are refused at once, before the process drowns' }),
    MAX_IN_FLIGHT_PER_CLIENT: z.coerce
      .number()
      .int()
      .positive()
      .default(250)
      .meta({ description: 'The same of one network: an IPv4 address, or the /64 of an IPv6 one' }),
    MAX_STREAMS: z.coerce.number().int().positive().default(10_000).meta({
      description: 'Subscriptions and their sockets that are open at once, of all clients, beside the requests',
    }),
    MAX_STREAMS_PER_CLIENT: z.coerce
      .number()
      .int()
      .positive()
      .default(100)
      .meta({ description: 'The same of one network' }),
    LIMITS_PATIENCE_MS: z.coerce
      .number()
      .int()
      .min(1)
      .max(10_000)
      .default(50)
      .meta({ description: 'How long Redis is waited for before each gateway counts requests by itself' }),
    HEADERS_TIMEOUT_MS: z.coerce
      .number()
      .int()
      .positive()
      .default(15_000)
      .meta({ description: 'How long the head of a request may take to arrive' }),
    BODY_TIMEOUT_MS: z.coerce
      .number()
      .int()
      .positive()
      .default(120_000)
      .meta({ description: 'How long all of a request may take to arrive' }),
    ANSWER_IDLE_MS: z.coerce.number().int().positive().default(60_000).meta({
      description: 'How long an answer that has begun may pause. Who streams events sends a comment more often',
    }),
    GRAPHQL_SUPERGRAPH: z.string().optional().meta({
      description: 'The file of the graph and of who answers what of it, where that is not `supergraph.graphql` here',
    }),
    GRAPHQL_OPERATIONS: z.string().optional().meta({
      description: 'The file of the operations that a locked gateway answers, where that is not `operations.json` here',
    }),
    GRAPHQL_MAX_COST: z.coerce
      .number()
      .int()
      .positive()
      .default(5_000)
      .meta({ description: 'What a request to the graph may cost: about the objects that it may return' }),
    GRAPHQL_INTROSPECTION: z
      .stringbool()
      .default(true)
      .meta({ description: 'Whether the graph describes itself, and browsers get GraphiQL at `/graphql`' }),
    GRAPHQL_PERSISTED_ONLY: z
      .stringbool()
      .default(false)
      .meta({ description: 'Locked: only the operations of `operations.json` are answered' }),
    ...AuthConfigSchema.shape,
    TRUSTED_PROXIES: ProcessConfigSchema.shape.TRUSTED_PROXIES,
  })
  .superRefine(({ UPSTREAMS, ROUTE_CLASSES: classes }, context) => {
    for (const [name, upstream] of Object.entries(UPSTREAMS))
      for (const [route, routeClass] of Object.entries(upstream.classes))
        if (!classes[routeClass])
          context.addIssue({ code: 'custom', path: ['UPSTREAMS'], message: `${name}: ${route} is of an unknown class "${routeClass}"` }); // prettier-ignore
  });
export type Config = z.infer<typeof ConfigSchema>;
