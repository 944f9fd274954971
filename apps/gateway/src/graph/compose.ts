import { composeServices, compositionHasErrors } from '@theguild/federation-composition';
import { parse, type DocumentNode } from 'graphql';

export interface Composed {
  /** With the directives that say which service answers what. */
  readonly supergraph: string;
  /** What clients see of it. */
  readonly api: string;
}

/** Makes one graph of each service's own. @throws Error that says, a line each, what does not fit together */
export function compose(subgraphs: ReadonlyMap<string, string>): Composed {
  const services = [...subgraphs].map(([name, sdl]) => ({ name, typeDefs: document(name, sdl), url: `http://${name}/graphql` })); // prettier-ignore
  const composed = composeServices(services);
  if (!compositionHasErrors(composed)) return { supergraph: lines(composed.supergraphSdl), api: lines(composed.publicSdl) }; // prettier-ignore
  const reasons = composed.errors.map(({ message, extensions }) => `- ${message} (${String(extensions.code)})`);
  throw new Error(`The subgraphs do not make one graph:\n${reasons.join('\n')}`);
}

function document(name: string, sdl: string): DocumentNode {
  try {
    return parse(sdl);
  } catch (error) {
    throw new Error(`The schema of ${name} is not GraphQL: ${(error as Error).message}.`, { cause: error });
  }
}

const lines = (sdl: string) => `${sdl.trim()}\n`;
