import { applyDecorators, createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import type { Principal, Role } from './principal.ts';
import { requestOf } from './access.guard.ts';
import { ACCESS, type Access } from './access.ts';

const access = (value: Access) => SetMetadata(ACCESS, value);

/** Anyone; a token that comes along is verified all the same, so that the caller is known. */
export const Public = () => access({ kind: 'public' });
export const SignedIn = () => applyDecorators(access({ kind: 'signed-in' }), ApiBearerAuth());
/** Signed in with at least one of these roles. */
export const Roles = (...roles: Role[]) => applyDecorators(access({ kind: 'roles', roles }), ApiBearerAuth());

/** The caller; undefined only on @Public routes. */
export const Caller = createParamDecorator(
  (_: unknown, context: ExecutionContext) => requestOf(context).user as Principal | undefined,
);
