import type { EntityManager } from 'typeorm';

/**
 * The time by the clock that all instances share, in the middle of a transaction too. For what instances compare with each other's
 * writes: their own clocks differ.
 */
export async function databaseTime(manager: EntityManager): Promise<Date> {
  const [{ now }] = (await manager.query('SELECT clock_timestamp() AS now')) as [{ now: Date }];
  return now;
}
