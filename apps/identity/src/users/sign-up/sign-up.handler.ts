import { Transactions } from '@cairn/database';
import { Outbox } from '@cairn/messaging';
import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { CONFIG, type Config } from '../../config.ts';
import { PasswordHasher } from '../password-hasher.service.ts';
import { announceRegistration } from '../user.events.ts';
import { UserRepository } from '../user.repository.ts';
import { User } from '../user.ts';
import type { SignUp } from './sign-up.dto.ts';
import { SignUpLimit } from './sign-up-limit.service.ts';

@Injectable()
export class SignUpHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly users: UserRepository,
    private readonly hasher: PasswordHasher,
    private readonly limit: SignUpLimit,
    private readonly outbox: Outbox,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * A retry after a lost answer is told that the email is taken: the account is there, log in.
   * @throws EmailTaken, UsernameTaken, TooManySignUps, Overloaded
   */
  async execute({ password, ...account }: SignUp, address: string): Promise<User> {
    await this.limit.count(address);
    const passwordHash = await this.hasher.hash(password); // before the transaction: it takes 200 ms
    const user = User.signUp({ ...account, id: uuidv7(), passwordHash }, [this.config.SIGN_UP_ROLE], new Date());
    await this.transactions.run(async (tx) => {
      await this.users.insert(tx, user);
      await announceRegistration(this.outbox, tx, user);
    });
    return user;
  }
}
