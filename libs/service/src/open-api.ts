import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import {
  IdempotencyKeyInFlight,
  IdempotencyKeyReused,
  PreconditionRequired,
  ProblemDetailsSchema,
  Stale,
  type DomainErrorClass,
} from '@cairn/http';
import { z } from 'zod';

export interface OpenApiOptions {
  readonly name: string;
  readonly title: string;
}

/** OpenAPI 3.1 from the zod schemas that validate. */
export function openApi(app: NestFastifyApplication, { title }: OpenApiOptions): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(title)
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/')
    .addBearerAuth()
    .build();
  const optional = new Set<string | undefined>(); // bodies that may be left out
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller) =>
      controller.replace(/Controller$/, '').replace(/^./, (first) => first.toLowerCase()),
    // Nest asks zod for OpenAPI 3.0 (`nullable: true`); 3.1 is JSON Schema 2020-12.
    standardSchemaConverter: (schema, { schemaType }) => {
      if (!(schema instanceof z.ZodType)) return undefined;
      const converted = toComponents(schema, schemaType);
      if (schema instanceof z.ZodDefault) optional.add(converted.schema.$ref?.split('/').at(-1));
      return converted;
    },
  });
  Object.assign(document.components!.schemas!, toComponents(ProblemDetailsSchema, 'output').components);
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({ path, method, operation })),
  );
  for (const each of operations) {
    complete(each);
    const body = each.operation.requestBody;
    if (body && optional.has(refOf(body))) body.required = false;
  }
  const tags = new Set(operations.flatMap(({ operation }) => operation.tags));
  document.tags = [...tags].sort().map((name) => ({ name }));
  return document;
}

/** Whether there is anything in it. */
export const describesRoutes = ({ paths }: OpenAPIObject) => Object.keys(paths).length > 0;

/** A schema with a `.meta({ id })`, at the root or inside, becomes a component of that name. */
function toComponents(schema: z.ZodType, io: 'input' | 'output') {
  const {
    $schema: _schema,
    $defs = {},
    ...root
  } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io,
    override: ({ zodSchema, jsonSchema }) => {
      // Of what is transformed zod leaves the examples out, taking them for results: ours are what is sent.
      if (io === 'input') jsonSchema.examples ??= z.globalRegistry.get(zodSchema)?.examples as unknown[];
      delete jsonSchema.id;
      if (jsonSchema.format) delete jsonSchema.pattern; // the format says it; zod's pattern for a time fills a screen
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  return { schema: root, components: $defs };
}

interface RequestBody {
  required?: boolean;
  content?: Record<string, { schema?: { $ref?: string } }>;
}

/** The name of the component that a body is. */
const refOf = ({ content }: RequestBody) => content?.['application/json']?.schema?.$ref?.split('/').at(-1);

interface Operation {
  operationId: string;
  tags: string[];
  summary?: string;
  parameters?: { name: string; in: string; required?: boolean; schema: object }[];
  requestBody?: RequestBody;
  security?: unknown[];
  /** What becomes of a token where none is needed: @Public says so. */
  'x-token'?: 'verified' | 'ignored';
  /** @Deprecated says so. */
  'x-deprecated'?: { since: string; sunset: string; link: string };
  deprecated?: boolean;
  description?: string;
  externalDocs?: { url: string };
  responses: Record<string, { description: string; content?: object; headers?: Record<string, object> }>;
}

/** What every route of a kind has, so that no controller repeats it. */
function complete({ path, method, operation }: { path: string; method: string; operation: Operation }) {
  operation.tags = [featureOf(path)];
  operation.summary ||= operation.operationId
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replace(/^./, (first) => first.toUpperCase());
  const signedIn = operation.security?.length === 1;
  const { 'x-token': token } = operation;
  delete operation['x-token'];
  // The gateway, too, reads from it what becomes of a token: nobody looks at it, or one that comes along is verified all the same.
  if (!signedIn) operation.security = token === 'ignored' ? [] : [{}, { bearer: [] }];
  deprecate(operation);
  const header = (name: string) => operation.parameters?.find((parameter) => parameter.name === name);
  const answers: Record<string, string> = {
    ...((operation.requestBody || operation.parameters?.length) && { 400: 'The request is invalid' }),
    ...(method === 'get' &&
      operation.responses[200]?.headers?.ETag && { 304: 'Not changed since the ETag in If-None-Match' }),
    ...(operation.security?.length && { 401: 'The access token is missing, expired or not valid here' }),
    ...(signedIn && { 403: 'Not allowed' }),
    ...(header('Idempotency-Key') && { 409: said(IdempotencyKeyInFlight), 422: said(IdempotencyKeyReused) }),
    ...(header('If-Match') && { 412: said(Stale) }),
    ...(header('If-Match')?.required && { 428: said(PreconditionRequired) }),
    ...(operation.requestBody ? { 413: 'Too large', 415: 'Not application/json' } : {}),
    503: 'A dependency is unavailable',
    504: 'The time that `X-Request-Timeout-Ms` gave for the answer is over',
  };
  for (const [status, description] of Object.entries(answers)) operation.responses[status] ??= { description };
  for (const [status, answer] of Object.entries(operation.responses)) {
    if (Number(status) >= 400) answer.content = { 'application/problem+json': { schema: PROBLEM } };
  }
}

function deprecate(operation: Operation) {
  const { 'x-deprecated': deprecated } = operation;
  if (!deprecated) return;
  delete operation['x-deprecated'];
  operation.deprecated = true;
  operation.description = `Deprecated since ${deprecated.since}; goes on ${deprecated.sunset} or later.`;
  operation.externalDocs = { url: deprecated.link };
  for (const [status, answer] of Object.entries(operation.responses))
    if (Number(status) < 400) answer.headers = { ...answer.headers, ...DEPRECATION_HEADERS };
}

const text = (description: string) => ({ schema: { type: 'string' }, description });
const DEPRECATION_HEADERS = {
  Deprecation: text('Since when, as `@<seconds since 1970>` (RFC 9745)'),
  Sunset: text('When it goes, at the earliest (RFC 8594)'),
  Link: text('`rel="deprecation"`: what to use instead'),
};

const said = ({ problem }: DomainErrorClass) => `\`${problem.code}\`: ${problem.title}`;

const PROBLEM = { $ref: '#/components/schemas/ProblemDetails' };

/** The resource that a path begins with: `posts` for /api/v1/posts/{slug}/publish. */
const featureOf = (path: string) =>
  path
    .replace(/^\/(api|internal)\/v1/, '')
    .split('/')
    .find((segment) => segment !== '')!;
