import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import type { Broker, BrokerRecord, ConsumeOptions, Delivery, Handle, ListenOptions } from '../broker/broker.ts';

/** Whose sockets are opened: a driver's belong to the process that it plays a part of, also those that it opens later by itself. */
const owner = new AsyncLocalStorage<BrokerProcess>();
subscribe('net.client.socket', (message) => owner.getStore()?.own((message as { socket: Socket }).socket));

/**
 * A connection to the broker that plays a whole process, in the one process of a test. It can lose its network, and it can be killed: then
 * nothing that it had begun goes on, and what the broker sees of it is what it sees of a `kill -9`, connections that are closed.
 */
export class BrokerProcess implements Broker {
  isCrashed = false;
  private isCutOff = false;
  private readonly broker: Broker;
  private readonly cut: ((broker: Broker) => void) | undefined;
  private readonly sockets = new Set<Socket>();
  /** What a dead process would have gone on with: for ever, until the test ends. */
  private readonly never = Promise.withResolvers<never>();

  /** `cut` is for drivers without sockets. */
  constructor(connect: () => Broker, cut?: (broker: Broker) => void) {
    this.broker = owner.run(this, connect);
    this.cut = cut;
    this.never.promise.catch(() => undefined);
  }

  publish(records: readonly BrokerRecord[]): Promise<void> {
    return this.unlessCrashed(() => this.broker.publish(records));
  }

  consume(options: ConsumeOptions, handle: Handle) {
    return this.unlessCrashed(() =>
      this.broker.consume(options, (deliveries) => owner.exit(() => this.unlessCrashed(() => handle(deliveries)))),
    );
  }

  listen(topics: readonly string[], hear: (delivery: Delivery) => void, options?: ListenOptions) {
    return this.unlessCrashed(() =>
      this.broker.listen(
        topics,
        (delivery) => {
          if (!this.isCrashed) owner.exit(() => hear(delivery));
        },
        options,
      ),
    );
  }

  check(): Promise<void> {
    return this.unlessCrashed(() => this.broker.check());
  }

  /** Graceful. After a crash only the test's own memory is tidied up. */
  close(): Promise<void> {
    if (this.isCrashed) this.never.reject(new Error('This process is dead'));
    return owner.run(this, () => this.broker.close());
  }

  /** The network is gone for good; the process lives. */
  cutOff(): void {
    this.isCutOff = true;
    for (const socket of this.sockets) end(socket);
    this.cut?.(this.broker);
  }

  /** `kill -9`. */
  crash(): void {
    this.isCrashed = true;
    this.cutOff();
  }

  own(socket: Socket): void {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    if (this.isCutOff) process.nextTick(end, socket); // who opens it is about to connect it
  }

  /** Whoever waits for a process that is dead waits for ever. */
  private async unlessCrashed<T>(work: () => Promise<T>): Promise<T> {
    if (this.isCrashed) return this.never.promise;
    try {
      const result = await Promise.race([owner.run(this, work), this.never.promise]);
      return this.isCrashed ? await this.never.promise : result;
    } catch (error) {
      if (this.isCrashed) return this.never.promise;
      throw error;
    }
  }
}

const end = (socket: Socket) => void socket.destroy(Object.assign(new Error('cut off'), { code: 'ECONNRESET' }));
