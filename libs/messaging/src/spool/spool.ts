import { randomUUID } from 'node:crypto';
import {
  access,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  utimes,
  type FileHandle,
} from 'node:fs/promises';
import path from 'node:path';
import type { BrokerRecord } from '../broker/broker.ts';
import { SpoolIsFull } from '../messaging.errors.ts';
import { decode, encode, type Decoded } from './segment.ts';

/** A segment that has come so far is closed: it is read into memory as a whole. */
const SEGMENT_BYTES = 4 * 1024 * 1024;
const ALIVE_EVERY_MS = 1_000;
/** Whoever has not shown itself for so long is taken for dead. A mistake costs nothing but a second copy of what is sent. */
const DEAD_AFTER_MS = 5_000;
const SUFFIX = '.spool';
const TORN = '.torn';
/** Of what somebody may want to look into the last ones are kept. */
const TORN_KEPT = 10;

interface Waiting {
  readonly bytes: Buffer;
  readonly written: PromiseWithResolvers<void>;
}

interface Segment {
  /** Names sort by age. */
  readonly name: string;
  readonly bytes: number;
  readonly since: number;
}

/**
 * Records on disk, in a folder of this process within one that processes of a service share: segments that are only added to, one of them
 * open. What is added in one turn of the event loop, or while a write is under way, is one write(2): that survives the process, not the
 * power.
 *
 * The segments of a process that is dead go to one that lives, by rename. So that nothing is lost when it was not dead, but frozen, it
 * looks after each write whether its segment is still where it was, and writes again if not: what was in it before the rename is read by
 * the other.
 */
export class Spool {
  readonly folder: string;
  private readonly shared: string;
  private readonly maxBytes: number;
  private closed: Segment[] = [];
  private current:
    { readonly segment: { name: string; bytes: number; since: number }; readonly file: FileHandle } | undefined;
  private waiting: Waiting[] = [];
  private waitingBytes = 0;
  private writing: Promise<void> | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  private alive: NodeJS.Timeout | undefined;
  /** In segments that were set aside since the process began. */
  tornBytes = 0;

  constructor(shared: string, maxBytes: number) {
    this.shared = shared;
    this.maxBytes = maxBytes;
    this.folder = path.join(shared, randomUUID());
  }

  /** @throws Error in one sentence when the folder cannot be made */
  async open(): Promise<void> {
    await mkdir(this.folder, { recursive: true }).catch((error: Error) => {
      throw new Error(`SPOOL_DIRECTORY cannot be used: ${error.message}`);
    });
    this.alive = setInterval(
      () => void utimes(this.folder, new Date(), new Date()).catch(() => undefined),
      ALIVE_EVERY_MS,
    );
    this.alive.unref();
  }

  /** What waits to be sent, in bytes, and since when the oldest of it does, in milliseconds since 1970. */
  get size(): number {
    return (
      this.closed.reduce((sum, { bytes }) => sum + bytes, 0) + (this.current?.segment.bytes ?? 0) + this.waitingBytes
    );
  }

  get oldest(): number | undefined {
    return this.closed[0]?.since ?? this.current?.segment.since;
  }

  get isEmpty(): boolean {
    return this.size === 0;
  }

  /** Resolves when it is written. @throws SpoolIsFull, by its bound or by the disk's */
  append(record: BrokerRecord): Promise<void> {
    const bytes = encode(record);
    if (this.size + bytes.length > this.maxBytes) return Promise.reject(new SpoolIsFull());
    const written = Promise.withResolvers<void>();
    this.waiting.push({ bytes, written });
    this.waitingBytes += bytes.length;
    this.writing ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.writeAll());
    return written.promise;
  }

  /** The oldest segment, which nothing is added to any more; undefined where there is none. */
  async first(): Promise<(Decoded & { readonly name: string }) | undefined> {
    if (this.closed.length === 0) await this.inTurn(() => this.closeCurrent());
    for (let segment; (segment = this.closed[0]);) {
      const file = await readFile(this.pathOf(segment.name)).catch(ifMissing(undefined));
      if (file) return { name: segment.name, ...decode(file) };
      this.closed.shift(); // somebody who took us for dead has it
    }
    return undefined;
  }

  /** Its records are with the broker. */
  async remove(name: string): Promise<void> {
    await rm(this.pathOf(name), { force: true });
    this.closed = this.closed.filter((segment) => segment.name !== name);
  }

  /** What is whole of it is with the broker; the rest is for a person to look into, and counts towards no bound. Answers where. */
  async setAside(name: string, tornBytes: number): Promise<string> {
    const aside = path.join(this.shared, name.replace(SUFFIX, TORN));
    await rename(this.pathOf(name), aside).catch(ifMissing(undefined)); // who took us for dead has it, and finds the same
    this.closed = this.closed.filter((segment) => segment.name !== name);
    this.tornBytes += tornBytes;
    const torn = (await readdir(this.shared)).filter((file) => file.endsWith(TORN)).sort();
    await Promise.all(torn.slice(0, -TORN_KEPT).map((file) => rm(path.join(this.shared, file), { force: true })));
    return aside;
  }

  /** Takes over what dead processes have left. */
  async adopt(): Promise<void> {
    for (const folder of await readdir(this.shared)) {
      const other = path.join(this.shared, folder);
      const status = await stat(other).catch(ifMissing(undefined));
      if (other === this.folder || !status?.isDirectory() || Date.now() - status.mtimeMs < DEAD_AFTER_MS) continue;
      for (const name of (await readdir(other).catch(ifMissing([]))).sort()) await this.take(other, name);
      await rmdir(other).catch(() => undefined); // it came alive, or another was first
    }
  }

  /** What is left waits for the next process. */
  async close(): Promise<void> {
    clearInterval(this.alive);
    while (this.writing) await this.writing;
    await this.inTurn(() => this.closeCurrent());
    await utimes(this.folder, 0, 0).catch(() => undefined); // nobody has to wait until we are taken for dead
    await rmdir(this.folder).catch(() => undefined);
  }

  private async take(folder: string, name: string): Promise<void> {
    if (!name.endsWith(SUFFIX)) return;
    await mkdir(this.folder, { recursive: true }); // somebody who took us for dead may have removed it
    try {
      await rename(path.join(folder, name), this.pathOf(name));
    } catch (error) {
      return ifMissing(undefined)(error as NodeJS.ErrnoException); // another was first
    }
    const { size } = await stat(this.pathOf(name));
    this.closed.push({ name, bytes: size, since: Number(name.split('-')[0]) });
    this.closed.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      const bytes = Buffer.concat(batch.map((each) => each.bytes));
      try {
        await this.inTurn(() => this.write(bytes));
        this.waitingBytes -= bytes.length;
        for (const { written } of batch) written.resolve();
      } catch (error) {
        this.waitingBytes -= bytes.length;
        for (const { written } of batch) written.reject(Object.assign(new SpoolIsFull(), { cause: error }));
      }
    }
    this.writing = undefined;
  }

  private async write(bytes: Buffer): Promise<void> {
    for (;;) {
      const { file, segment } = (this.current ??= await this.openSegment());
      await file.writeFile(bytes).catch((error) => this.undo(error as Error));
      segment.bytes += bytes.length;
      const isOurs = await access(this.pathOf(segment.name)).then(() => true, ifMissing(false));
      if (isOurs && segment.bytes < SEGMENT_BYTES) return;
      if (isOurs) return this.closeCurrent();
      this.current = undefined;
      await file.close();
    }
  }

  /** Half of it may be there: nothing may come behind that, and what is refused is not to be sent. */
  private async undo(error: Error): Promise<never> {
    await this.current!.file.truncate(this.current!.segment.bytes).catch(() => undefined);
    await this.closeCurrent();
    throw error;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  private async openSegment() {
    const since = Date.now();
    const name = `${String(since).padStart(15, '0')}-${randomUUID()}${SUFFIX}`;
    await mkdir(this.folder, { recursive: true }); // who took us for dead removed it
    return { segment: { name, bytes: 0, since }, file: await open(this.pathOf(name), 'ax', 0o600) };
  }

  private async closeCurrent(): Promise<void> {
    const { current } = this;
    if (!current) return;
    this.current = undefined;
    this.closed.push(current.segment);
    await current.file.close();
  }

  private pathOf = (name: string) => path.join(this.folder, name);
}

const ifMissing =
  <T>(instead: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT') return instead;
    throw error;
  };
