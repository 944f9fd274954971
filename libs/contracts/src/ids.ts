import { z } from 'zod';

/** Ids are UUIDv7 (RFC 9562, section 5.7): they sort by the time at which they were made. */
export const IdSchema = z.uuid();

export const UserIdSchema = IdSchema;
export type UserId = z.infer<typeof UserIdSchema>;

/** A sign-in on one device. */
export const SessionIdSchema = IdSchema;
export type SessionId = z.infer<typeof SessionIdSchema>;
