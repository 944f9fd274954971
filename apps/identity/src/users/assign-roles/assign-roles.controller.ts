import { Roles } from '@cairn/auth';
import { UserIdSchema } from '@cairn/contracts';
import { Answers, IfMatch, type SeenVersion, Stale } from '@cairn/http';
import { Body, Controller, Param, Put } from '@nestjs/common';
import { ManagedUserSchema, toManagedUserView, type ManagedUserView } from '../user.dto.ts';
import { LastAdmin, UserDeleted, UserNotFound } from '../user.errors.ts';
import { AssignRolesSchema, type AssignRoles } from './assign-roles.dto.ts';
import { AssignRolesHandler } from './assign-roles.handler.ts';

@Controller('users')
export class AssignRolesController {
  constructor(private readonly assignRoles: AssignRolesHandler) {}

  @Put(':id/roles')
  @Roles('admin')
  @Answers({ ok: ManagedUserSchema, etag: true, errors: [UserNotFound, UserDeleted, LastAdmin, Stale] })
  assign(
    @Param('id', { schema: UserIdSchema }) id: string,
    @Body({ schema: AssignRolesSchema }) { roles }: AssignRoles,
    @IfMatch() seen: SeenVersion,
  ): Promise<ManagedUserView> {
    return this.assignRoles.execute(id, roles, seen).then(toManagedUserView);
  }
}
