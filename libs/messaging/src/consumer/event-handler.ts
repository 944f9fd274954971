import type { CloudEvent, EventContract } from '@cairn/contracts/events';
import type { Transaction } from '@cairn/database';
import type { ConsumerProvider } from './consumer.decorator.ts';
import { inTraceOf } from './in-trace-of.ts';

/** Everything that a group does, by the type of the event. */
export interface GroupHandlers {
  readonly group: string;
  readonly contracts: ReadonlyMap<string, EventContract>;
  readonly consumers: ReadonlyMap<string, readonly ConsumerProvider[]>;
  readonly paceMs?: number;
}

/** In their order; each event in the trace in which it was published, save where several are handled by one call. */
export async function runHandlers(
  { group, consumers }: GroupHandlers,
  events: readonly CloudEvent[],
  tx: Transaction,
): Promise<void> {
  for (let begin = 0; begin < events.length;) {
    const { type } = events[begin]!;
    let end = begin + 1;
    while (end < events.length && events[end]!.type === type) end++;
    const run = events.slice(begin, end);
    for (const consumer of consumers.get(type) ?? []) {
      if (!consumer.handleBatch)
        for (const event of run) await inTraceOf(event, group, () => consumer.handle!(event as never, tx));
      else if (run.length > 1) await consumer.handleBatch(run as never, tx);
      else await inTraceOf(run[0]!, group, () => consumer.handleBatch!(run as never, tx));
    }
    begin = end;
  }
}
