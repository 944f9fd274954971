/** A comment of the demo world, with what is said to it. */
export interface DemoComment {
  readonly by: 'ada' | 'bob' | 'eve';
  readonly says: string;
  readonly replies?: readonly DemoComment[];
  readonly hidden?: { readonly by: 'eve'; readonly reason: string };
}

/** By the slug of their post. */
export const threads: Record<string, readonly DemoComment[]> = {
  'welcome-to-cairn': [
    {
      by: 'bob',
      says: 'So this *is* the demo. Who put the stones there?',
      replies: [
        {
          by: 'ada',
          says: 'The runner did, through the same API that you use: `infra/local/demo.ts`.',
          replies: [{ by: 'bob', says: 'Then I can take it apart. Good.' }],
        },
        { by: 'eve', says: 'I only tidy up.' },
      ],
    },
    {
      by: 'bob',
      says: 'CHEAP STONES, best price, https://stones.example',
      hidden: { by: 'eve', reason: 'An advertisement' },
    },
  ],
  'how-to-read-a-cairn': [
    {
      by: 'eve',
      says: 'Where I come from three of them mean: **turn round**.',
      replies: [{ by: 'ada', says: 'That would have saved me an afternoon.' }],
    },
  ],
};
