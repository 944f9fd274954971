import type { Consumption } from '../broker/broker.ts';

/**
 * By topic, of the group that is furthest behind: one that stands still is not hidden by another. What the broker does not tell now is left
 * out: an old figure would look as if it were known.
 */
export async function lagByTopic(consumptions: readonly Pick<Consumption, 'lag'>[]): Promise<Record<string, number>> {
  const lags = await Promise.all(consumptions.map((each) => each.lag().catch(() => ({}))));
  const furthest: Record<string, number> = {};
  for (const [topic, events] of lags.flatMap((lag) => Object.entries<number>(lag)))
    furthest[topic] = Math.max(furthest[topic] ?? 0, events);
  return furthest;
}
