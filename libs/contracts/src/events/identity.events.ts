import { z } from 'zod';
import { SessionIdSchema, UserIdSchema } from '../ids.ts';
import { RoleSchema } from '../roles.ts';
import { defineEvent } from './event-contract.ts';

/** What everybody may know of an account; no e-mail address leaves identity. */
const profile = {
  userId: UserIdSchema,
  username: z.string().meta({ examples: ['ada'] }),
  displayName: z
    .string()
    .nullable()
    .meta({ examples: ['Ada Lovelace'] }),
  avatarUrl: z
    .string()
    .nullable()
    .meta({ examples: [null] }),
};

export const userRegistered = defineEvent('identity.user-registered.v1', {
  description: 'Somebody has signed up.',
  schema: z.object(profile),
  subjectOf: ({ userId }) => userId,
});

export const userChanged = defineEvent('identity.user-changed.v1', {
  description:
    'An account has another name, picture or roles, or was suspended or restored. It says all of it, changed or not.',
  schema: z.object({ ...profile, roles: z.array(RoleSchema), suspended: z.boolean() }),
  subjectOf: ({ userId }) => userId,
});

export const userDeleted = defineEvent('identity.user-deleted.v1', {
  description: 'An account is deleted: whoever keeps something of this person erases it.',
  schema: z.object({ userId: UserIdSchema }),
  subjectOf: ({ userId }) => userId,
});

export const sessionRevoked = defineEvent('identity.session-revoked.v1', {
  description:
    'A session has ended before its time: signed out, ended from elsewhere, or a stolen token was seen. Its tokens are refused by the set of revocations, not by this event.',
  schema: z.object({ sessionId: SessionIdSchema, userId: UserIdSchema }),
  subjectOf: ({ userId }) => userId,
});
