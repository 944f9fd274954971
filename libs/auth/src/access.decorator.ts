import type { Role } from '@cairn/contracts';
import { applyDecorators, createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { ApiBearerAuth, ApiExcludeEndpoint, ApiExtension } from '@nestjs/swagger';
import { requestOf } from './access.guard.ts';
import { ACCESS, type Access } from './access.ts';
import type { CallingService, Principal } from './principal.ts';

const access = (value: Access) => SetMetadata(ACCESS, value);

/**
 * Anyone. A token that comes along is verified all the same, so that the caller is known: one that is not valid is a 401, else a
 * client whose token has expired would be shown less without being told. `token: 'ignored'` is for routes by which a client gets a
 * token, which must not fail over the old one.
 */
export const Public = ({ token = 'verified' }: { token?: 'verified' | 'ignored' } = {}) =>
  applyDecorators(access({ kind: 'public', token }), ApiExtension('x-token', token)); // libs/service says it as `security`

/** Any user with a valid access token. */
export const SignedIn = () => applyDecorators(access({ kind: 'signed-in' }), ApiBearerAuth());

/** Users with at least one of these roles. */
export const Roles = (...roles: Role[]) => applyDecorators(access({ kind: 'roles', roles }), ApiBearerAuth());

/** Not part of the public API description: the gateway does not route it. */
export const Internal = () => ApiExcludeEndpoint();

/** These services only, by a token that identity made for them to call this one; no user. */
export const Services = (...services: string[]) => applyDecorators(access({ kind: 'services', services }), Internal());

/** The caller: a Principal (undefined only on @Public routes), on @Services routes a CallingService. */
export const Caller = createParamDecorator(
  (_: unknown, context: ExecutionContext) => requestOf(context).user as Principal | CallingService | undefined,
);
