import { Transactions } from '@cairn/database';
import { Outbox } from '@cairn/messaging';
import { Job } from '@cairn/service/job';
import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { CONFIG, type Config } from '../../config.ts';
import { normalizeEmail } from '../email.ts';
import { PasswordHasher } from '../password-hasher.service.ts';
import { announceRegistration } from '../user.events.ts';
import { UserRepository } from '../user.repository.ts';
import { User } from '../user.ts';

/** Before identity listens: who is told that it is ready can log in. */
@Job({ name: 'create-first-admin' })
@Injectable()
export class CreateFirstAdminJob {
  constructor(
    private readonly transactions: Transactions,
    private readonly users: UserRepository,
    private readonly hasher: PasswordHasher,
    private readonly outbox: Outbox,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Where there is no active admin, makes the one of FIRST_ADMIN_*. Of several instances that start at once one does.
   * @throws EmailTaken, UsernameTaken when somebody signed up under that name: nobody is made an admin by a coincidence
   */
  async run(): Promise<void> {
    const { FIRST_ADMIN_EMAIL: email, FIRST_ADMIN_USERNAME: username, FIRST_ADMIN_PASSWORD: password } = this.config;
    if (!email || !username || !password) return;
    if (await this.transactions.run((tx) => this.users.hasAdmin(tx))) return; // most starts: no hashing, no lock
    const passwordHash = await this.hasher.hash(password);
    await this.transactions.run(async (tx) => {
      await this.users.lockAdmins(tx);
      if (await this.users.hasAdmin(tx)) return;
      const account = { id: uuidv7(), email: normalizeEmail(email), username, passwordHash };
      const profile = { displayName: null, bio: null, avatarUrl: null };
      const admin = User.signUp({ ...account, ...profile }, ['admin'], new Date());
      await this.users.insert(tx, admin);
      await announceRegistration(this.outbox, tx, admin);
    });
  }
}
