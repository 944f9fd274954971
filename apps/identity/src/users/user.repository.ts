import { brokenConstraint, type Transaction } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { isEmail, normalizeEmail } from './email.ts';
import { EmailTaken, UserNotFound, UsernameTaken } from './user.errors.ts';
import { User } from './user.ts';

@Injectable()
export class UserRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The unique constraints decide, so that two sign-ups at once cannot both pass. @throws EmailTaken, UsernameTaken */
  async insert(tx: Transaction, user: User): Promise<void> {
    await tx.insert(User, user).catch(throwTaken);
  }

  /** Locks the row until the transaction ends. @throws UserNotFound */
  async lock(tx: Transaction, id: string): Promise<User> {
    const user = await tx.findOne(User, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (!user) throw new UserNotFound();
    return user;
  }

  /** @throws EmailTaken, UsernameTaken */
  async save(tx: Transaction, user: User): Promise<void> {
    await tx.save(User, user).catch(throwTaken);
  }

  /** After a change of hasher or cost; does nothing when the password was changed meanwhile. The version stays: nothing visible changes. */
  async replacePasswordHash(tx: Transaction, id: string, oldHash: string, newHash: string): Promise<void> {
    await tx.update(User, { id, passwordHash: oldHash }, { passwordHash: newHash });
  }

  /** From here to the end of the transaction no other can take somebody's admin role, or an admin's account, away. */
  async lockAdmins(tx: Transaction): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('identity.admins'))`);
  }

  /** Whether there is an active admin, `besides` left out of account. Call it under `lockAdmins`. */
  async hasAdmin(tx: Transaction, besides?: string): Promise<boolean> {
    const found = (await tx.query(
      `SELECT 1 FROM users WHERE state = 'active' AND roles @> '{admin}' AND id IS DISTINCT FROM $1 LIMIT 1`,
      [besides ?? null],
    )) as unknown[];
    return found.length > 0;
  }

  /** By email or username; null too for what can be neither. */
  async findByLogin(login: string): Promise<User | null> {
    const users = this.dataSource.getRepository(User);
    const email = normalizeEmail(login);
    if (isEmail(email)) return users.findOneBy({ email });
    return /^\w+$/.test(login) ? users.findOneBy({ username: login.toLowerCase() }) : null;
  }

  findById(id: string): Promise<User | null> {
    return this.dataSource.getRepository(User).findOneBy({ id });
  }
}

function throwTaken(error: unknown): never {
  const constraint = brokenConstraint(error);
  if (constraint === 'users_email') throw new EmailTaken();
  if (constraint === 'users_username') throw new UsernameTaken();
  throw error;
}
