/** An event that grows larger than this is none of ours. */
const MOST = 8 * 1_048_576;

export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
}

/** The events in a stream of a service (WHATWG HTML, section 9.2). Comments, with which it says that it is there, are left out. @throws RangeError */
export async function* eventsIn(pieces: AsyncIterable<Buffer>): AsyncGenerator<ServerSentEvent, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of pieces) {
    rest += decoder.decode(piece, { stream: true });
    const blocks = rest.split('\n\n');
    rest = blocks.pop()!;
    if (rest.length > MOST) throw new RangeError('An event is larger than any may be');
    for (const block of blocks) {
      // A line ends with a line feed and nothing else: the separators of Unicode are text.
      const fields = block.split('\n').map((line) => /^(event|data): ?(.*)$/s.exec(line));
      const valuesOf = (name: string) => fields.filter((field) => field?.[1] === name).map((field) => field![2]!);
      const [event] = valuesOf('event');
      if (event !== undefined) yield { event, data: valuesOf('data').join('\n') };
    }
  }
}
