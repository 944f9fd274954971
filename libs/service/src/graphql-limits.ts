import {
  GraphQLError,
  Kind,
  type FragmentDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import { QueryTooLarge } from './graphql.errors.ts';

export const MAX_TOKENS = 1_000;

/** How much one operation may ask for. What a fragment holds counts wherever it is spread. */
export interface QueryLimits {
  /** Levels of fields; introspection is not counted. */
  readonly depth: number;
  /** Fields at the root, and again aliases anywhere: both are ways to ask for the same thing many times over. */
  readonly width: number;
  /** Fields in all. */
  readonly fields?: number;
  /** Directives in all, and on any one field, spread or fragment. */
  readonly directives?: number;
  readonly directivesEach?: number;
  /** Levels of fragments that spread fragments. */
  readonly fragments?: number;
  /** Levels of fields below `__schema` and `__type`. */
  readonly introspection?: number;
}

interface Size {
  depth: number;
  /** Fields at the root of what is measured. */
  width: number;
  aliases: number;
  fields: number;
  directives: number;
  directivesEach: number;
  fragments: number;
  introspection: number;
}

/** Each with the words that begin the sentence of its refusal. */
const MEASURED: readonly [keyof Size, keyof QueryLimits, string][] = [
  ['depth', 'depth', 'Levels of fields'],
  ['width', 'width', 'Fields at the root'],
  ['aliases', 'width', 'Aliases'],
  ['fields', 'fields', 'Fields in all'],
  ['directives', 'directives', 'Directives in all'],
  ['directivesEach', 'directivesEach', 'Directives at one place'],
  ['fragments', 'fragments', 'Levels of fragments'],
  ['introspection', 'introspection', 'Levels of introspection'],
];

/** Bounds how much one operation may ask for, before any of it is executed. */
export const limitsTo =
  (limits: QueryLimits): ValidationRule =>
  (context) => ({
    OperationDefinition(operation) {
      const size = measure(context, operation.selectionSet, new Map());
      size.directives += operation.directives?.length ?? 0;
      size.directivesEach = Math.max(size.directivesEach, operation.directives?.length ?? 0);
      for (const [what, limited, words] of MEASURED) {
        const [is, limit = Infinity] = [size[what], limits[limited]];
        if (is > limit) context.reportError(tooLarge(`${words}: at most ${limit} are allowed, these are ${is}`));
      }
    },
  });

/** Of a subgraph. Introspection is as deep as its clients make it. */
export const limits = limitsTo({ depth: 10, width: 50 });

export function tooLarge(detail: string): GraphQLError {
  const { code } = QueryTooLarge.problem;
  return new GraphQLError(detail, { extensions: { code, status: 400 } });
}

/** What graphql's parser says of too many tokens. */
export const isTooManyTokens = (message: string) => /^Syntax Error: Document contains more tha[nt] /.test(message);

const nothing = (): Size => ({
  depth: 0,
  width: 0,
  aliases: 0,
  fields: 0,
  directives: 0,
  directivesEach: 0,
  fragments: 0,
  introspection: 0,
});

/** A fragment counts wherever it is spread, but is measured once: many that spread each other twice would take for ever. */
function measure(context: ValidationContext, { selections }: SelectionSetNode, known: Map<string, Size>): Size {
  const size = nothing();
  for (const selection of selections) {
    const directives = selection.directives?.length ?? 0;
    size.directives += directives;
    size.directivesEach = Math.max(size.directivesEach, directives);
    if (selection.kind === Kind.FIELD) {
      const below = selection.selectionSet ? measure(context, selection.selectionSet, known) : nothing();
      size.width++;
      if (selection.alias) size.aliases++;
      add(size, below);
      size.fields += 1;
      const isIntrospection = selection.name.value.startsWith('__');
      if (isIntrospection) size.introspection = Math.max(size.introspection, below.depth);
      else size.depth = Math.max(size.depth, 1 + below.depth);
    } else {
      const isSpread = selection.kind === Kind.FRAGMENT_SPREAD;
      const spread = isSpread
        ? ofFragment(context, context.getFragment(selection.name.value), known)
        : measure(context, selection.selectionSet, known);
      add(size, spread);
      size.depth = Math.max(size.depth, spread.depth);
      size.width += spread.width;
      size.fragments = Math.max(size.fragments, spread.fragments + 1);
    }
  }
  return size;
}

function add(size: Size, below: Size): void {
  size.aliases += below.aliases;
  size.fields += below.fields;
  size.directives += below.directives;
  for (const greatest of ['directivesEach', 'fragments', 'introspection'] as const)
    size[greatest] = Math.max(size[greatest], below[greatest]);
}

function ofFragment(
  context: ValidationContext,
  fragment: FragmentDefinitionNode | null | undefined,
  known: Map<string, Size>,
): Size {
  if (!fragment) return nothing(); // another rule says so
  const name = fragment.name.value;
  if (!known.has(name)) {
    known.set(name, nothing()); // one that spreads itself is refused by another rule
    const size = measure(context, fragment.selectionSet, known);
    size.directives += fragment.directives?.length ?? 0;
    size.directivesEach = Math.max(size.directivesEach, fragment.directives?.length ?? 0);
    known.set(name, size);
  }
  return known.get(name)!;
}
