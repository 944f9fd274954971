import {
  getNamedType,
  GraphQLError,
  isObjectType,
  Kind,
  valueFromASTUntyped,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValidationRule,
} from 'graphql';
import { QueryTooLarge } from './graphql.errors.ts';

export { unconditionalSubscription } from './unconditional-subscription.ts';

/** How much one operation may ask for. What a fragment holds counts wherever it is spread. */
export interface QueryLimits {
  /** Levels of fields; introspection is not counted. */
  readonly depth: number;
  /** Fields at the root, and aliases anywhere: both are ways to ask for the same thing many times over. */
  readonly roots: number;
  readonly aliases: number;
  /** Directives in all, and at one place. */
  readonly directives: number;
  readonly directivesEach?: number;
  /** Fields in all. */
  readonly fields?: number;
  /** Levels of fragments in fragments. */
  readonly fragments?: number;
  /** Levels of fields below `__schema` and `__type`. */
  readonly introspection?: number;
}

/*
 * Wider than what the gateway lets its clients ask for: one query there becomes queries here that name keys and types besides, and
 * give every field an alias. They are for whoever reaches a service past the gateway. Introspection is as deep as its clients make it.
 */
export const MAX_TOKENS = 4_000;
/** What is wrong with a query, at most: validation stops there. */
export const MAX_ERRORS = 5;
const SUBGRAPH: QueryLimits = { depth: 15, roots: 100, aliases: 250, directives: 50 };
/** Of all lists together, each as long as it may become: a list in a list counts as many times as that has items. */
const MAX_ITEMS = 10_000;

const WORDS: Record<keyof QueryLimits, string> = {
  depth: 'Levels of fields',
  roots: 'Fields at the root',
  aliases: 'Aliases',
  directives: 'Directives',
  directivesEach: 'Directives at one place',
  fields: 'Fields',
  fragments: 'Levels of fragments',
  introspection: 'Levels of introspection',
};

type Size = Record<keyof QueryLimits | 'items', number>;
const NOTHING: Size = {
  depth: 0,
  roots: 0,
  aliases: 0,
  directives: 0,
  directivesEach: 0,
  fields: 0,
  fragments: 0,
  introspection: 0,
  items: 0,
};

/** Bounds the shape of one operation, before any of it is executed. */
export const limitsTo =
  (most: QueryLimits): ValidationRule =>
  (context) => ({
    OperationDefinition(operation) {
      const size = new Measure(context.getSchema(), context.getDocument()).ofOperation(operation);
      for (const [what, limit] of Object.entries(most) as [keyof QueryLimits, number][])
        if (size[what] > limit)
          context.reportError(tooLarge(`${WORDS[what]}: at most ${limit} are allowed, these are ${size[what]}`));
    },
  });

/** Of a subgraph. */
export const limits = limitsTo(SUBGRAPH);

/** The same for how much may come back, which the variables decide, too. @throws GraphQLError */
export function limitItems(schema: GraphQLSchema, document: DocumentNode, variables: object | undefined): void {
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const { items } = new Measure(schema, document, variables).ofOperation(definition);
    if (items > MAX_ITEMS) throw tooLarge(`Items of lists: at most ${MAX_ITEMS} are allowed, these could be ${items}`);
  }
}

export function tooLarge(detail: string): GraphQLError {
  const { code } = QueryTooLarge.problem;
  return new GraphQLError(detail, { extensions: { code, status: 400 } });
}

/** What graphql's parser says of too many tokens. */
export const isTooManyTokens = (message: string) => /^Syntax Error: Document contains more tha[nt] /.test(message);

/** A fragment counts wherever it is spread, but is measured once: many that spread each other twice would take for ever. */
class Measure {
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  private readonly known = new Map<string, Size>();
  private readonly variables: Record<string, unknown>;

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    given: object = {},
  ) {
    this.variables = { ...given };
    for (const definition of document.definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(definition.name.value, definition);
  }

  ofOperation(operation: OperationDefinitionNode): Size {
    for (const { variable, defaultValue } of operation.variableDefinitions ?? [])
      if (defaultValue) this.variables[variable.name.value] ??= valueFromASTUntyped(defaultValue);
    const size = this.of(operation.selectionSet, this.schema.getRootType(operation.operation));
    return withDirectives(size, operation);
  }

  private of({ selections }: SelectionSetNode, type: GraphQLNamedType | null | undefined): Size {
    const size = { ...NOTHING };
    for (const selection of selections) {
      withDirectives(size, selection);
      if (selection.kind === Kind.FIELD) {
        size.roots++;
        size.fields++;
        if (selection.alias) size.aliases++;
        const below = this.below(selection, type);
        const isIntrospection = selection.name.value.startsWith('__');
        add(
          size,
          isIntrospection ? { ...below, depth: 0, introspection: below.depth } : below,
          isIntrospection ? 0 : 1,
        );
      } else {
        const spread =
          selection.kind === Kind.INLINE_FRAGMENT
            ? this.of(selection.selectionSet, this.named(selection.typeCondition?.name.value) ?? type)
            : this.ofFragment(selection.name.value);
        size.roots += spread.roots;
        add(size, { ...spread, fragments: spread.fragments + 1 }, 0);
      }
    }
    return size;
  }

  private below(field: FieldNode, parent: GraphQLNamedType | null | undefined): Size {
    if (!field.selectionSet) return NOTHING;
    const definition = isObjectType(parent) ? parent.getFields()[field.name.value] : undefined;
    const size = this.of(field.selectionSet, definition && getNamedType(definition.type));
    const argument = (name: string): unknown => {
      const given = field.arguments?.find((each) => each.name.value === name);
      const value = given && valueFromASTUntyped(given.value, this.variables);
      return value ?? definition?.args.find((each) => each.name === name)?.defaultValue;
    };
    const references = argument('representations');
    const length = Number(Array.isArray(references) ? references.length : argument('first'));
    return length >= 0 ? { ...size, items: length * (1 + size.items) } : size;
  }

  private ofFragment(name: string): Size {
    const fragment = this.fragments.get(name);
    if (!fragment) return NOTHING; // another rule says so
    if (!this.known.has(name)) {
      this.known.set(name, NOTHING); // one that spreads itself is refused by another rule
      const size = this.of(fragment.selectionSet, this.named(fragment.typeCondition.name.value));
      this.known.set(name, withDirectives(size, fragment));
    }
    return this.known.get(name)!;
  }

  private named = (type: string | undefined) => (type === undefined ? undefined : this.schema.getType(type));
}

function withDirectives(size: Size, { directives = [] }: { readonly directives?: readonly DirectiveNode[] }): Size {
  size.directives += directives.length;
  size.directivesEach = Math.max(size.directivesEach, directives.length);
  return size;
}

/** `roots` is of one level. */
function add(size: Size, below: Size, level: 0 | 1): void {
  size.depth = Math.max(size.depth, level + below.depth);
  for (const sum of ['aliases', 'directives', 'fields', 'items'] as const) size[sum] += below[sum];
  for (const most of ['directivesEach', 'fragments', 'introspection'] as const)
    size[most] = Math.max(size[most], below[most]);
}
