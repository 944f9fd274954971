import { Module } from '@nestjs/common';
import { PasswordHasher } from './password-hasher.service.ts';
import { SignUpController } from './sign-up/sign-up.controller.ts';
import { SignUpHandler } from './sign-up/sign-up.handler.ts';
import { UserRepository } from './user.repository.ts';

@Module({
  controllers: [SignUpController],
  providers: [SignUpHandler, UserRepository, PasswordHasher],
  exports: [UserRepository, PasswordHasher],
})
export class UsersModule {}
