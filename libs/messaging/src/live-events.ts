import type { CloudEvent, EventContract, EventData } from '@cairn/contracts/events';
import type { Broadcasts } from './broadcasts.service.ts';
import { ReaderTooSlow } from './messaging.errors.ts';

/** Of events that carry ids only: half a MB for each reader. */
const MOST_WAITING = 1_000;

export interface LiveEvents<Contract extends EventContract, Shown> {
  readonly broadcasts: Pick<Broadcasts, 'on'>;
  readonly contract: Contract;
  /** The name under which a GraphQL subscription looks for what is shown. */
  readonly field: string;
  readonly mostWaiting?: number;
  /** What this reader may see of it, read when it is their turn; null for nothing. What it throws is shown as an error, and the next one comes all the same. */
  show(event: CloudEvent<EventData<Contract>>): Promise<Shown | null>;
}

/**
 * What is heard from now on, for a GraphQL subscription. Listens at once, and no longer than until `return`, which ends a `next` that waits.
 * @throws ReaderTooSlow from `next` when more waits than may
 */
export function liveEvents<Contract extends EventContract, Shown>({
  broadcasts,
  contract,
  field,
  mostWaiting = MOST_WAITING,
  show,
}: LiveEvents<Contract, Shown>): AsyncIterableIterator<Record<string, Shown | Error>> {
  let waiting: CloudEvent<EventData<Contract>>[] = [];
  let state: 'on' | 'over' | 'too slow' = 'on';
  let wake = () => {};
  const stop = broadcasts.on(contract, (event) => {
    if (waiting.push(event) > mostWaiting) end('too slow');
    wake();
  });
  function end(why: 'over' | 'too slow') {
    stop();
    waiting = [];
    state = why;
    wake();
  }
  const isOn = () => state === 'on';
  return {
    async next() {
      while (isOn()) {
        const event = waiting.shift();
        if (!event) await new Promise<void>((resolve) => (wake = resolve));
        else {
          const shown = await show(event).catch((error: Error) => error);
          if (shown !== null && isOn()) return { done: false, value: { [field]: shown } };
        }
      }
      if (state === 'too slow') throw new ReaderTooSlow();
      return { done: true, value: undefined };
    },
    async return() {
      if (isOn()) end('over');
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
