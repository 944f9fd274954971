import { hash } from 'node:crypto';

/** The partition of a key, the same in every process: 0 to `partitions` − 1. */
export const partitionOf = (key: string, partitions: number): number =>
  Number.parseInt(hash('md5', key).slice(0, 8), 16) % partitions;
