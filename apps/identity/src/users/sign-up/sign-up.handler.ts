import { Transactions } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { PasswordHasher } from '../password-hasher.service.ts';
import { normalizeEmail, User } from '../user.ts';
import { UserRepository } from '../user.repository.ts';
import type { SignUp } from './sign-up.dto.ts';

@Injectable()
export class SignUpHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly users: UserRepository,
    private readonly hasher: PasswordHasher,
  ) {}

  /** @throws EmailTaken, UsernameTaken */
  async execute({ email, username, password, displayName }: SignUp): Promise<User> {
    const passwordHash = await this.hasher.hash(password); // before the transaction: it takes 200 ms
    const user = User.signUp(
      { id: uuidv7(), email: normalizeEmail(email), username, displayName, bio: null, avatarUrl: null, passwordHash },
      ['reader', 'author'],
      new Date(),
    );
    await this.transactions.run((tx) => this.users.insert(tx, user));
    return user;
  }
}
