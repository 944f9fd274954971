import { crc32 } from 'node:zlib';
import type { BrokerRecord } from '../broker/broker.ts';

/** Of a record in the file: its length and its checksum, each 32 bits, little end first; then itself as JSON. */
const HEADER_BYTES = 8;
const BRACE = 0x7b;

export function encode(record: BrokerRecord): Buffer {
  const json = Buffer.from(JSON.stringify(record));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(json.length, 0);
  header.writeUInt32LE(crc32(json), 4);
  return Buffer.concat([header, json]);
}

export interface Decoded {
  readonly records: readonly BrokerRecord[];
  /** What belongs to no whole record: to one that was being written when the process was killed or the disk was full, or that has changed since. */
  readonly tornBytes: number;
}

/** A record that is damaged costs none of those behind it. */
export function decode(file: Buffer): Decoded {
  const records: BrokerRecord[] = [];
  let [at, tornBytes] = [0, 0];
  while (at < file.length) {
    const json = wholeAt(file, at);
    if (json) records.push(JSON.parse(json.toString()) as BrokerRecord);
    else tornBytes++; // the next may begin anywhere: a length that is damaged does not say where
    at += json ? HEADER_BYTES + json.length : 1;
  }
  return { records, tornBytes };
}

/** Nothing inside of a record looks like one: JSON has no byte 0, and each length below 16 MiB has. */
function wholeAt(file: Buffer, at: number): Buffer | undefined {
  const start = at + HEADER_BYTES;
  if (file[start] !== BRACE) return undefined;
  const end = start + file.readUInt32LE(at);
  if (end > file.length) return undefined;
  const json = file.subarray(start, end);
  return crc32(json) === file.readUInt32LE(at + 4) ? json : undefined;
}
