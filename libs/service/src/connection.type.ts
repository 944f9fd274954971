import { InvalidInput, type Connection } from '@cairn/http';
import type { Type } from '@nestjs/common';
import { ArgsType, Directive, Field, Int, ObjectType } from '@nestjs/graphql';
import { argumentsOf } from './graphql-fields.ts';

/* Pages as Relay has them: https://relay.dev/graphql/connections.htm. Forward only: a client that goes back has the pages already. */

@ObjectType('PageInfo')
@Directive('@shareable')
export class PageInfoNode {
  @Field(() => Boolean)
  hasNextPage: boolean;
  @Field(() => Boolean)
  hasPreviousPage: boolean;
  @Field(() => String, { nullable: true })
  startCursor: string | null;
  @Field(() => String, { nullable: true })
  endCursor: string | null;
}

/** The base of an edge to such a node. */
export function edgeOf<Node>(node: Type<Node>) {
  @ObjectType({ isAbstract: true })
  abstract class Edge {
    @Field(() => node)
    node: Node;
    @Field(() => String)
    cursor: string;
  }
  return Edge;
}

/** The base of a connection of such edges. It has no total: to count them all would read them all. */
export function connectionOf<Edge>(edge: Type<Edge>) {
  @ObjectType({ isAbstract: true })
  abstract class ConnectionNode {
    @Field(() => [edge])
    edges: Edge[];
    @Field(() => PageInfoNode)
    pageInfo: Connection<Edge>['pageInfo'];
  }
  return ConnectionNode;
}

@ArgsType()
export class ConnectionArgs {
  @Field(() => Int, { nullable: true, defaultValue: 20, description: 'At most 100' })
  first?: number | null;
  @Field(() => String, { nullable: true, description: 'The endCursor of the page before' })
  after?: string | null;
}

/** Tells those who count the cost of a query how many edges the field may have. */
export const Paged = () =>
  Directive(
    '@listSize(assumedSize: 20, slicingArguments: ["first"], sizedFields: ["edges"], requireOneSlicingArgument: false)',
  );

/**
 * Asks a query that knows `limit` and `cursor` by Relay's `first` and `after`.
 * @throws InvalidInput naming them as the client does
 */
export async function inTermsOfRelay<T>(args: object, ask: (query: object) => T | Promise<T>): Promise<T> {
  const { first: limit, after: cursor, ...others } = argumentsOf(args);
  try {
    return await ask({ ...others, ...(limit !== undefined && { limit }), ...(cursor !== undefined && { cursor }) });
  } catch (error) {
    throw error instanceof InvalidInput ? new InvalidInput(error.errors.map(renamed)) : error;
  }
}

const NAMES: Record<string, string> = { limit: 'first', cursor: 'after' };
const renamed = (error: InvalidInput['errors'][number]) => ({ ...error, path: NAMES[error.path] ?? error.path });
