import { Sql } from '@cairn/database';
import { Injectable } from '@nestjs/common';

export interface StoredSalt {
  readonly timeZone: string;
  readonly day: string;
  readonly salt: Buffer;
  readonly endsAt: Date;
}

const ADD = `
  INSERT INTO visitor_salts (time_zone, day, salt, ends_at)
  SELECT * FROM unnest($1::text[], $2::date[], $3::bytea[], $4::timestamptz[]) ON CONFLICT DO NOTHING`;
const LIVING = `
  SELECT time_zone AS "timeZone", day::text, salt, ends_at AS "endsAt" FROM visitor_salts WHERE ends_at > $1`;

/** Salts as the instances of a service share them. */
@Injectable()
export class VisitorSaltRepository {
  constructor(private readonly sql: Sql) {}

  /** Where another instance was first its salt stays. */
  async add(salts: readonly StoredSalt[]): Promise<void> {
    const columns = [
      salts.map(({ timeZone }) => timeZone),
      salts.map(({ day }) => day),
      salts.map(({ salt }) => salt),
      salts.map(({ endsAt }) => endsAt),
    ];
    await this.sql.rows({ text: ADD }, columns);
  }

  living(now: Date): Promise<StoredSalt[]> {
    return this.sql.rows({ text: LIVING }, [now]);
  }

  /** So that their bytes are in no file of the database any more. */
  async destroyEnded(now: Date): Promise<void> {
    await this.sql.rows({ text: 'SELECT destroy_visitor_salts($1)' }, [now]);
  }
}
