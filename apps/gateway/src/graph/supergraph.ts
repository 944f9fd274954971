import {
  Kind,
  valueFromASTUntyped,
  type DirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type ObjectTypeDefinitionNode,
} from 'graphql';

/** @listSize of the cost specification: how long a list can get. */
export interface ListSize {
  readonly assumedSize?: number;
  readonly slicingArguments?: readonly string[];
  /** The fields of what is returned that are the list. Without them it is the field itself. */
  readonly sizedFields?: readonly string[];
}

export interface FieldFacts {
  /** The services that can answer it where they have answered its parent. */
  readonly services: ReadonlySet<string>;
  /** @cost, once per time that it is asked for. */
  readonly cost?: number;
  readonly listSize?: ListSize;
}

export interface TypeFacts {
  readonly services: ReadonlySet<string>;
  /** @cost of each object. */
  readonly cost?: number;
}

/** What the directives of a supergraph say, by `Type` and by `Type.field`. */
export interface SupergraphFacts {
  /** The name of the service by the name that the supergraph gives it. */
  readonly services: ReadonlyMap<string, string>;
  readonly types: ReadonlyMap<string, TypeFacts>;
  readonly fields: ReadonlyMap<string, FieldFacts>;
}

type Arguments = Record<string, unknown>;

export function factsOf(supergraph: DocumentNode): SupergraphFacts {
  const services = new Map<string, string>();
  const types = new Map<string, TypeFacts>();
  const fields = new Map<string, FieldFacts>();
  const named = (graphs: readonly Arguments[]) =>
    new Set(graphs.flatMap(({ graph }) => services.get(graph as string) ?? []));
  for (const definition of supergraph.definitions)
    if (definition.kind === Kind.ENUM_TYPE_DEFINITION && definition.name.value === 'join__Graph')
      for (const { name, directives } of definition.values ?? [])
        services.set(name.value, directive(directives, 'join__graph')[0]!.name as string);
  for (const definition of supergraph.definitions) {
    if (!('directives' in definition) || !('name' in definition) || !definition.name) continue;
    const type = definition.name.value;
    const facts = {
      services: named(directive(definition.directives, 'join__type')),
      cost: weight(definition.directives),
    };
    types.set(type, facts);
    for (const field of fieldsOf(definition)) {
      const joined = directive(field.directives, 'join__field');
      // What has to be fetched first, or is only lent, is not answered along the way.
      const own = joined.filter(({ external, requires, usedOverridden }) => !external && !requires && !usedOverridden);
      fields.set(`${type}.${field.name.value}`, {
        services: joined.length ? named(own) : facts.services,
        cost: weight(field.directives),
        listSize: directive(field.directives, 'listSize')[0],
      });
    }
  }
  return { services, types, fields };
}

const fieldsOf = (definition: object): readonly FieldDefinitionNode[] => {
  const { kind, fields = [] } = definition as ObjectTypeDefinitionNode;
  return kind === Kind.OBJECT_TYPE_DEFINITION || (kind as string) === Kind.INTERFACE_TYPE_DEFINITION ? fields : [];
};

const weight = (directives: readonly DirectiveNode[] | undefined) =>
  directive(directives, 'cost')[0]?.weight as number | undefined;

/** The arguments of each use of a directive. */
const directive = (directives: readonly DirectiveNode[] = [], name: string): Arguments[] =>
  directives
    .filter((each) => each.name.value === name)
    .map((each) => Object.fromEntries((each.arguments ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value)]))); // prettier-ignore
