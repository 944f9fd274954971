/** A stream of Server-Sent Events as its reader has it so far. */
export interface Followed {
  readonly status: number;
  readonly headers: Headers;
  /** The data of each event `next`. */
  readonly results: any[]; // eslint-disable-line @typescript-eslint/no-explicit-any
  /** The names of all events. */
  readonly events: string[];
  /** Of an answer that is no stream. */
  readonly text: string;
  readonly hasEnded: boolean;
  leave(): void;
}

/** Opens a stream and reads it on. What comes is there once a test has waited for it. */
export async function follow(url: string, init: RequestInit): Promise<Followed> {
  const leaving = new AbortController();
  const answer = await fetch(url, { ...init, signal: leaving.signal });
  const followed = {
    status: answer.status,
    headers: answer.headers,
    results: [] as unknown[],
    events: [] as string[],
    text: '',
    hasEnded: false,
    leave: () => leaving.abort(),
  };
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const piece of answer.body ?? []) {
      followed.text += decoder.decode(piece, { stream: true });
      if (!answer.headers.get('content-type')?.startsWith('text/event-stream')) continue;
      for (let end; (end = followed.text.indexOf('\n\n')) !== -1; followed.text = followed.text.slice(end + 2))
        take(followed.text.slice(0, end));
    }
  };
  const take = (block: string) => {
    const event = /^event: (.*)$/m.exec(block)?.[1];
    if (!event) return;
    followed.events.push(event);
    if (event === 'next') followed.results.push(JSON.parse(/^data: (.*)$/m.exec(block)![1]!));
  };
  void read()
    .catch(() => undefined)
    .then(() => (followed.hasEnded = true));
  return followed;
}
