import { Sql } from '@cairn/database';
import { InvalidInput } from '@cairn/http';
import { Injectable } from '@nestjs/common';

/** Takes PostgreSQL 30 ms, which reads a file for each. */
const NAMES = { name: 'time-zones', text: 'SELECT name FROM pg_timezone_names' };

/**
 * One spelling for each: salts and calendars are kept by it, and anybody could have as many of them as there are ways to write a name in
 * capitals. Of two names of one zone either stays.
 */
@Injectable()
export class TimeZones {
  private spellings: Promise<ReadonlyMap<string, string>> | undefined;

  constructor(private readonly sql: Sql) {}

  /** As the IANA database writes it. @throws InvalidInput naming `timeZone` where PostgreSQL does not know it, which Node.js may */
  async spelled(name: string): Promise<string> {
    this.spellings ??= this.read();
    const spelling = (await this.spellings).get(name.toLowerCase());
    if (!spelling) throw new InvalidInput([{ path: 'timeZone', message: 'There is no such time zone' }]);
    return spelling;
  }

  private async read(): Promise<ReadonlyMap<string, string>> {
    try {
      const zones = await this.sql.rows<{ name: string }>(NAMES, []);
      return new Map(zones.map(({ name }) => [name.toLowerCase(), name]));
    } catch (error) {
      this.spellings = undefined;
      throw error;
    }
  }
}
