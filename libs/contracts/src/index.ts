// ids
export { IdSchema, SessionIdSchema, UserIdSchema, type SessionId, type UserId } from './ids.ts';
// roles
export { roles, RoleSchema, type Role } from './roles.ts';
