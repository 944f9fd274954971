import { Module } from '@nestjs/common';
import { RedisModule } from '../redis/redis.module.ts';
import { SessionEndingModule } from '../sessions/session-ending.module.ts';
import { AssignRolesController } from './assign-roles/assign-roles.controller.ts';
import { AssignRolesHandler } from './assign-roles/assign-roles.handler.ts';
import { ChangePasswordController } from './change-password/change-password.controller.ts';
import { ChangePasswordHandler } from './change-password/change-password.handler.ts';
import { CreateFirstAdminJob } from './create-first-admin/create-first-admin.job.ts';
import { DeleteMeController } from './delete-me/delete-me.controller.ts';
import { DeleteMeHandler } from './delete-me/delete-me.handler.ts';
import { DeleteUserController } from './delete-user/delete-user.controller.ts';
import { DeleteUserHandler } from './delete-user/delete-user.handler.ts';
import { EditUser } from './edit-user.service.ts';
import { FindUserQuery } from './find-user.query.ts';
import { GetMeController } from './get-me/get-me.controller.ts';
import { GetUserController } from './get-user/get-user.controller.ts';
import { ListUsersController } from './list-users/list-users.controller.ts';
import { ListUsersQuery } from './list-users/list-users.query.ts';
import { OwnerPassword } from './owner-password.service.ts';
import { PasswordHasher } from './password-hasher.service.ts';
import { RestoreUserController } from './restore-user/restore-user.controller.ts';
import { RestoreUserHandler } from './restore-user/restore-user.handler.ts';
import { SignUpController } from './sign-up/sign-up.controller.ts';
import { SignUpLimit } from './sign-up/sign-up-limit.service.ts';
import { SignUpHandler } from './sign-up/sign-up.handler.ts';
import { SuspendUserController } from './suspend-user/suspend-user.controller.ts';
import { SuspendUserHandler } from './suspend-user/suspend-user.handler.ts';
import { UpdateMeController } from './update-me/update-me.controller.ts';
import { UpdateUserController } from './update-user/update-user.controller.ts';
import { UserRepository } from './user.repository.ts';
import { UserStanding } from './user-standing.service.ts';

@Module({
  imports: [RedisModule, SessionEndingModule],
  controllers: [
    SignUpController,
    GetMeController,
    UpdateMeController,
    DeleteMeController,
    ChangePasswordController,
    ListUsersController,
    GetUserController,
    UpdateUserController,
    DeleteUserController,
    AssignRolesController,
    SuspendUserController,
    RestoreUserController,
  ],
  providers: [
    UserRepository,
    PasswordHasher,
    OwnerPassword,
    UserStanding,
    EditUser,
    FindUserQuery,
    SignUpHandler,
    SignUpLimit,
    ChangePasswordHandler,
    DeleteMeHandler,
    DeleteUserHandler,
    AssignRolesHandler,
    SuspendUserHandler,
    RestoreUserHandler,
    ListUsersQuery,
    CreateFirstAdminJob,
  ],
  exports: [UserRepository, PasswordHasher, EditUser, FindUserQuery],
})
export class UsersModule {}
