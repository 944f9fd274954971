import { v7 as uuidv7 } from 'uuid';
import { User } from './user.ts';

let made = 0;

/** An active reader, but for what is given. */
export function userLike(given: Partial<User> = {}): User {
  const name = `made${++made}`;
  const account = { id: uuidv7(), email: `${name}@example.com`, username: name, passwordHash: 'none' };
  const profile = { displayName: null, bio: null, avatarUrl: null };
  return Object.assign(User.signUp({ ...account, ...profile }, ['reader'], new Date(0)), given);
}
