import type { Client } from 'pg';

/** In milliseconds. Who is frozen or cut off loses it after that; who holds it renews it long before. */
export const LEASE_MS = 3_000;

/**
 * One that lasts longer than it can is of a clock that was set back since, or of another server. Not so within this: clocks are set by small
 * steps all the time, and who holds it is well.
 */
const CLOCK_MARGIN_MS = 1_000;

/** A row that one process holds at a time, by the clock of the database. */
export class Lease {
  private readonly name: string;
  private readonly holder: string;

  constructor(name: string, holder: string) {
    this.name = name;
    this.holder = holder;
  }

  /**
   * Takes or renews it; false while somebody else has it. What it is compared with is the time when the row is locked: `excluded` was made
   * before, and the holder may have renewed it meanwhile.
   */
  async hold(client: Client): Promise<boolean> {
    const { rowCount } = await client.query(
      `INSERT INTO leases AS lease (name, holder, expires_at) VALUES ($1, $2, clock_timestamp() + $3 * interval '1 ms')
       ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
       WHERE lease.holder = excluded.holder OR lease.expires_at < clock_timestamp()
         OR lease.expires_at > clock_timestamp() + $4 * interval '1 ms'`,
      [this.name, this.holder, LEASE_MS, LEASE_MS + CLOCK_MARGIN_MS],
    );
    return rowCount === 1;
  }

  /** So that the next one need not wait until it has expired. */
  async release(client: Client): Promise<void> {
    await client.query('DELETE FROM leases WHERE name = $1 AND holder = $2', [this.name, this.holder]);
  }
}
