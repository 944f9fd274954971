import { fileURLToPath } from 'node:url';

const beside = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

/** What the gateway serves, and which service answers which part of it. Written by `generate`. */
export const SUPERGRAPH_FILE = beside('supergraph.graphql');
/** The same as clients see it. Written by `generate`. */
export const API_FILE = beside('graph.graphql');
/** The graph of the last release: what clients rely on. Written by `publish-graph`. */
export const PUBLISHED_FILE = beside('graph.published.graphql');
/** Breaks since then that are meant. Written by hand. */
export const DECLARED_FILE = beside('graph.breaks.json');
/** The operations that a locked gateway answers, by their SHA-256. Written by `list-operations`. */
export const OPERATIONS_FILE = beside('operations.json');
