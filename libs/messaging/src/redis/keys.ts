/* All keys of a topic have one hash tag, so that they share a slot of a cluster and a script may touch several of them. */

export const streamOf = (topic: string, partition: number) => `events:{${topic}}:${partition}`;

export const streamsOf = (topic: string, partitions: number) =>
  Array.from({ length: partitions }, (_, partition) => streamOf(topic, partition));

/** How many partitions the topic has. */
export const partitionsKey = (topic: string) => `events:{${topic}}:partitions`;

export const groupKeys = (topic: string, group: string) => ({
  members: `events:{${topic}}:group:${group}:members`,
  leases: `events:{${topic}}:group:${group}:leases`,
  changes: `events:{${topic}}:group:${group}:changes`,
});
