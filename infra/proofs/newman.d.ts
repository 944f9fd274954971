/** As much of newman as the proof uses: it brings no types. */
declare module 'newman' {
  interface Summary {
    readonly run: {
      readonly stats: Readonly<Record<'requests' | 'assertions', { total: number; failed: number }>>;
      readonly failures: readonly { source?: { name: string }; error: { test?: string; message: string } }[];
    };
  }
  interface Options {
    readonly collection: object;
    readonly envVar: readonly { key: string; value: string }[];
  }
  const newman: { run(options: Options, done: (error: Error | null, summary: Summary) => void): void };
  export default newman;
  export type { Summary };
}
