/** What a start page needs, in one question: the newest posts with their authors' names and numbers, and the tags beside them. */
export const DASHBOARD = `
  query Dashboard {
    posts(first: 20) {
      edges {
        node {
          slug
          title
          readingMinutes
          commentCount
          likeCount
          author { username displayName }
        }
      }
    }
    tags(first: 10) { edges { node { tag posts } } }
  }
`;

interface Connection<Node> {
  readonly edges: readonly { readonly node: Node }[];
}

export interface Dashboard {
  readonly posts: Connection<{ readonly title: string; readonly author: { readonly username: string | null } }>;
  readonly tags: Connection<{ readonly tag: string; readonly posts: number }>;
}

/** So that what is wrong with a question is a 400 (GraphQL over HTTP, section 6.4.2), and not a 200 with errors in it. */
export const ofGraph = { accept: 'application/graphql-response+json' };

/** Refused before anything is executed: the posts of the authors of the posts of the authors … */
export const ENDLESS = `query Endless { ${'posts(first: 100) { edges { node { author { '.repeat(30)} username ${'} } } }'.repeat(30)} }`;
