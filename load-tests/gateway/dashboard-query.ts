/** What a start page needs, in one question: the newest posts with their authors' names and numbers, and the tags beside them. */
export const DASHBOARD = `
  query Dashboard {
    posts(limit: 20) {
      items {
        slug
        title
        readingMinutes
        commentCount
        likeCount
        author { username displayName }
      }
    }
    tags(limit: 10) { items { tag posts } }
  }
`;

export interface Dashboard {
  readonly posts: {
    readonly items: readonly { readonly title: string; readonly author: { readonly username: string | null } }[];
  };
  readonly tags: { readonly items: readonly { readonly tag: string; readonly posts: number }[] };
}

/** So that what is wrong with a question is a 400 (GraphQL over HTTP, section 6.4.2), and not a 200 with errors in it. */
export const ofGraph = { accept: 'application/graphql-response+json' };

/** Refused before anything is executed: it asks for itself again, deeper and deeper. */
export const ENDLESS = `query Endless { ${'posts(limit: 100) { items { author { '.repeat(30)} username ${'} } }'.repeat(30)} }`;
