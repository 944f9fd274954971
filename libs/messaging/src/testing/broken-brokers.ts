import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrokerRecord, ConsumeOptions, Consumption, Delivery, Handle, ListenOptions } from '../broker/broker.ts';
import { MemoryBroker, type MemoryServer } from './memory.broker.ts';

/*
 * Drivers with the mistakes that drivers have, each the sound one in all else. The suite is worth as much as it is red on these.
 */

const LATE_MS = 30;

type Wrap = (handle: Handle, options: ConsumeOptions) => Handle;
type Methods = Partial<Consumption>;

class AcknowledgesFirst extends MemoryBroker {
  override consume(options: ConsumeOptions, handle: Handle) {
    return super.consume(options, async (batch) => void handle(batch).catch(() => undefined));
  }
}

class LosesOnCrash extends MemoryBroker {
  private readonly inHand = new Map<readonly Delivery[], string>();

  override consume(options: ConsumeOptions, handle: Handle) {
    return super.consume(options, (batch) => {
      this.inHand.set(batch, options.group);
      return handle(batch).finally(() => this.inHand.delete(batch));
    });
  }

  override cutOff(): void {
    for (const [batch, group] of this.inHand) {
      const [topic, partition, offset] = batch.at(-1)!.position.split('/');
      this.server.group(group).done.set(`${topic}/${partition}`, Number(offset) + 1);
    }
    super.cutOff();
  }
}

class ReordersOnRebalance extends MemoryBroker {
  override consume(options: ConsumeOptions, handle: Handle) {
    let isNew = this.server.group(options.group).members.length > 0;
    return super.consume(options, (batch) => {
      const takenOver = isNew && batch.length > 1;
      isNew &&= !takenOver;
      return handle(takenOver ? batch.toReversed() : batch);
    });
  }
}

class DropsHeaders extends MemoryBroker {
  override publish(records: readonly BrokerRecord[]) {
    return super.publish(records.map((record) => ({ ...record, headers: {} })));
  }
}

class MangledText extends MemoryBroker {
  override publish(records: readonly BrokerRecord[]) {
    const mangle = (text: string) => Buffer.from(text, 'latin1').toString('latin1');
    return super.publish(records.map((record) => ({ ...record, value: mangle(record.value) })));
  }
}

class DeliversToOneGroupOnly extends MemoryBroker {
  override consume(options: ConsumeOptions, handle: Handle) {
    return super.consume({ ...options, group: `the group of ${options.topics.join()}` }, handle);
  }
}

class DeliversToEveryMember extends MemoryBroker {
  override consume(options: ConsumeOptions, handle: Handle) {
    return super.consume({ ...options, group: `${options.group} ${randomUUID()}` }, handle);
  }
}

class ForgetsWhatNobodyReads extends MemoryBroker {
  override async publish(records: readonly BrokerRecord[]) {
    if ([...this.server.groups.values()].some(({ members }) => members.length)) await super.publish(records);
  }
}

class BeginsWithTheNewest extends MemoryBroker {
  override consume(options: ConsumeOptions, handle: Handle) {
    const isNew = !this.server.groups.has(options.group);
    if (isNew) for (const [at, log] of this.server.logs) this.server.group(options.group).done.set(at, log.length);
    return super.consume(options, handle);
  }
}

class ForgetsOnStop extends MemoryBroker {
  override async consume(options: ConsumeOptions, handle: Handle) {
    const consumption = await super.consume(options, handle);
    return but(consumption, {
      stop: () => consumption.stop().finally(() => this.server.group(options.group).done.clear()),
    });
  }
}

class PublishesLater extends MemoryBroker {
  override async publish(records: readonly BrokerRecord[]) {
    void sleep(LATE_MS)
      .then(() => super.publish(records))
      .catch(() => undefined);
  }
}

class HidesThatItCannotPublish extends MemoryBroker {
  override publish(records: readonly BrokerRecord[]) {
    return super.publish(records).catch(() => undefined);
  }
}

class ListensLate extends MemoryBroker {
  override async listen(topics: readonly string[], hear: (delivery: Delivery) => void, options?: ListenOptions) {
    const listening = sleep(LATE_MS).then(() => super.listen(topics, hear, options));
    return { stop: async () => (await listening).stop() };
  }
}

class ListensFromNowOnly extends MemoryBroker {
  override listen(topics: readonly string[], hear: (delivery: Delivery) => void) {
    return super.listen(topics, hear);
  }
}

class LetsOneListenerHear extends MemoryBroker {
  override listen(topics: readonly string[], hear: (delivery: Delivery) => void) {
    return super.consume({ group: `listeners of ${topics.join()}`, topics, maxBatch: 10 }, async (batch) =>
      batch.forEach(hear),
    );
  }
}

/** Drivers that differ in how they call the handler, or in what they answer about it. */
const calling = (wrap: Wrap) =>
  class extends MemoryBroker {
    override consume(options: ConsumeOptions, handle: Handle) {
      return super.consume(options, wrap(handle, options));
    }
  };

const answering = (methods: (consumption: Consumption, options: ConsumeOptions) => Methods) =>
  class extends MemoryBroker {
    override async consume(options: ConsumeOptions, handle: Handle) {
      const consumption = await super.consume(options, handle);
      return but(consumption, methods(consumption, options));
    }
  };

function but(sound: Consumption, broken: Methods): Consumption {
  return {
    pause: () => sound.pause(),
    resume: () => sound.resume(),
    lag: () => sound.lag(),
    stop: () => sound.stop(),
    ...broken,
  };
}

const DropsWhatFails = calling((handle) => (batch) => handle(batch).catch(() => undefined));

const TwoCallsAtOnce = calling((handle) => async (batch) => {
  const half = Math.ceil(batch.length / 2);
  await Promise.all([batch.slice(0, half), batch.slice(half)].filter(({ length }) => length).map(handle));
});

const GoesOnBehindAFailure = calling((handle) => async (batch) => {
  const later: Delivery[] = [];
  for (const delivery of batch) await handle([delivery]).catch(() => later.push(delivery));
  for (const delivery of later) await handle([delivery]);
});

class OneFailureStopsAll extends MemoryBroker {
  private queue = Promise.resolve();
  private isClosed = false;

  override consume(options: ConsumeOptions, handle: Handle) {
    const untilHandled = async (batch: readonly Delivery[]): Promise<void> => {
      while (!this.isClosed && (await handle(batch).then(() => false, () => true))) await sleep(1); // prettier-ignore
    };
    return super.consume(options, (batch) => (this.queue = this.queue.then(() => untilHandled(batch))));
  }

  override close() {
    this.isClosed = true;
    return super.close();
  }
}

const NumbersByDelivery = calling(
  (handle) => (batch) => handle(batch.map((delivery) => ({ ...delivery, position: randomUUID() }))),
);

class IgnoresTheMaximum extends MemoryBroker {
  override consume(options: ConsumeOptions, handle: Handle) {
    return super.consume({ ...options, maxBatch: Infinity }, handle);
  }
}

const StopsAtOnce = answering((consumption) => ({ stop: async () => void consumption.stop() }));
const CannotPause = answering(() => ({ pause: () => undefined }));
const SeesNoLag = answering((_, { topics }) => ({
  lag: async () => Object.fromEntries(topics.map((topic) => [topic, 0])),
}));

type BrokerClass = new (server: MemoryServer) => MemoryBroker;

/** With the clause that catches it. */
export const brokenBrokers: Record<string, readonly [BrokerClass, clause: string]> = {
  'acknowledges first': [AcknowledgesFirst, 'nothing is acknowledged before handle has resolved'],
  'loses on crash': [LosesOnCrash, 'what a crashed one had in hand comes to those who are already there'],
  'reorders on rebalance': [ReordersOnRebalance, 'through join, leave and crash of consumers'],
  'drops headers': [DropsHeaders, 'what is published arrives'],
  'mangles text': [MangledText, 'what is published arrives'],
  'drops what fails': [DropsWhatFails, 'what handle has rejected comes again'],
  'goes on behind a failure': [GoesOnBehindAFailure, 'what handle has rejected comes again'],
  'lets one failure stop all partitions': [OneFailureStopsAll, 'what handle has rejected comes again'],
  'delivers to one group only': [DeliversToOneGroupOnly, 'every group gets everything'],
  'delivers to every member of a group': [DeliversToEveryMember, 'within a group the work is shared'],
  'calls twice at once in a partition': [TwoCallsAtOnce, 'no second call begins in a partition'],
  'numbers deliveries, not records': [NumbersByDelivery, 'every record has a position of its own'],
  'forgets what nobody reads': [ForgetsWhatNobodyReads, 'what is published stays until it is read'],
  'begins with the newest': [BeginsWithTheNewest, 'what is published stays until it is read'],
  'forgets on a stop how far it was': [ForgetsOnStop, 'what has been handled is acknowledged'],
  'publish resolves before it is stored': [PublishesLater, 'when publish has resolved the broker has all of it'],
  'hides that it cannot publish': [HidesThatItCannotPublish, 'publish rejects'],
  'listens late': [ListensLate, 'whoever listens hears everything'],
  'listens from now on, whatever it is asked': [ListensFromNowOnly, 'who listens from the oldest'],
  'lets one listener hear': [LetsOneListenerHear, 'whoever listens hears everything'],
  'ignores the maximum of a batch': [IgnoresTheMaximum, 'who is slow gets no more than one batch'],
  'stops without waiting': [StopsAtOnce, 'stop finishes what is under way'],
  'cannot pause': [CannotPause, 'pause begins nothing more'],
  'sees no lag': [SeesNoLag, 'lag counts by topic'],
};
