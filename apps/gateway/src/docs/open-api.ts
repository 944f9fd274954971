/** As much of OpenAPI 3.1 as the gateway has to know to put descriptions together. */
export interface OpenApi {
  openapi: string;
  info: object;
  paths: Record<string, Record<string, Operation>>;
  tags: { name: string; description?: string }[];
  servers: { url: string }[];
  components: {
    schemas: Record<string, Schema>;
    securitySchemes: Record<string, object>;
    responses?: Record<string, Answer>;
    headers?: Record<string, object>;
  };
}

export interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, { schema: Schema; example?: unknown }> };
  responses: Record<string, Answer | Reference>;
  /** `[]`: nobody looks at a token; `[{}, {bearer: []}]`: one that comes along is verified; `[{bearer: []}]`: signed in. */
  security: Record<string, string[]>[];
  deprecated?: boolean;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface Answer {
  description: string;
  headers?: Record<string, object>;
  content?: Record<string, { schema: Schema }>;
}

export interface Reference {
  readonly $ref: string;
}

export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly required?: readonly string[];
  readonly example?: unknown;
  readonly examples?: readonly unknown[];
}

/** Every operation of a description with its path and method. */
export const operationsOf = ({ paths }: Pick<OpenApi, 'paths'>) =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );

/** What a reference within the document leads to; what is none stays. */
export function resolve<T extends object>(document: OpenApi, value: T | Reference): T {
  if (!('$ref' in value) || typeof value.$ref !== 'string') return value as T;
  const keys = value.$ref.split('/').slice(1);
  return keys.reduce<unknown>((found, key) => (found as Record<string, unknown>)[key], document) as T;
}
