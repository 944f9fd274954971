import { isTooManyTokens, limitsTo, tooLarge, unconditionalSubscription } from '@cairn/service/graphql-limits';
import {
  GraphQLError,
  Kind,
  MaxIntrospectionDepthRule,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { IntrospectionOff } from './graph.errors.ts';
import { planOf, type Plan } from './plan.ts';
import type { SupergraphFacts } from './supergraph.ts';
import { RecentMap } from '../recent-map.ts';

export interface Operation extends Plan {
  readonly node: OperationDefinitionNode;
}

/** A query that may be executed, or why it may not be. */
export type Prepared = Executable | { readonly errors: readonly GraphQLError[] };

export interface Executable {
  readonly errors?: undefined;
  readonly document: DocumentNode;
  readonly operations: readonly Operation[];
}

/** Less than a subgraph allows, for one query here becomes larger ones there. Introspection's own clients take 13 levels. */
const MAX_TOKENS = 1_000;
const LIMITS = limitsTo({
  depth: 10,
  roots: 50,
  aliases: 50,
  fields: 500,
  directives: 50,
  directivesEach: 5,
  fragments: 10,
  introspection: 15,
});
/** Every other rule may take long over what is large, so that nothing that is gets to them. */
const RULES = specifiedRules.filter((rule) => rule !== MaxIntrospectionDepthRule);
const MAX_ERRORS = 10;
const REMEMBERED = 1_000;
/** Characters of a query that is remembered: 1,000 of the longest take 10 MB and their trees some more. */
const LONGEST_REMEMBERED = 10_000;

/** Parses, measures and validates each query once. */
export class Documents {
  private readonly known = new RecentMap<string, Prepared>(REMEMBERED);

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly facts: SupergraphFacts,
    private readonly options: { readonly introspection: boolean },
  ) {}

  prepare(query: string): Prepared {
    let prepared = this.known.get(query);
    if (prepared) return prepared;
    prepared = this.prepareAnew(query);
    if (query.length <= LONGEST_REMEMBERED) this.known.set(query, prepared);
    return prepared;
  }

  private prepareAnew(query: string): Prepared {
    let document: DocumentNode;
    try {
      document = parse(query, { maxTokens: MAX_TOKENS });
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      if (!isTooManyTokens(error.message)) return { errors: [error] };
      return { errors: [tooLarge(`Words and signs: at most ${MAX_TOKENS} are allowed`)] };
    }
    const large = [LIMITS, MaxIntrospectionDepthRule].flatMap((rule) => this.check(document, [rule]));
    if (large.length > 0) return { errors: large.map(({ message }) => tooLarge(message)) };
    if (!this.options.introspection && this.check(document, [NoSchemaIntrospectionCustomRule]).length > 0)
      return { errors: [refused(new IntrospectionOff())] };
    const conditional = this.check(document, [unconditionalSubscription]);
    if (conditional.length > 0) return { errors: conditional };
    const errors = this.check(document, RULES);
    if (errors.length > 0) return { errors: this.options.introspection ? errors : errors.map(withoutHints) };
    return { document, operations: this.operationsOf(document) };
  }

  private check(document: DocumentNode, rules: typeof RULES) {
    return validate(this.schema, document, rules, { maxErrors: MAX_ERRORS });
  }

  private operationsOf({ definitions }: DocumentNode): Operation[] {
    const fragments = new Map<string, FragmentDefinitionNode>();
    for (const definition of definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    return definitions
      .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
      .map((node) => ({ node, ...planOf(this.schema, this.facts, fragments, node) }));
  }
}

const refused = (error: Error) => new GraphQLError(error.message, { originalError: error });

/** "Did you mean …" tells names to those who may not see the schema. */
const withoutHints = ({ message, nodes }: GraphQLError) =>
  new GraphQLError(message.replace(/ Did you mean .*$/, ''), { nodes });
