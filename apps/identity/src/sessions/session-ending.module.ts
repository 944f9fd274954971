import { Module } from '@nestjs/common';
import { RedisModule } from '../redis/redis.module.ts';
import { AccessRevocations } from './access-revocations.service.ts';
import { LoginAttempts } from './login-attempts.service.ts';
import { SessionEnding } from './session-ending.service.ts';

/** What users need of sessions. It knows no user, so that UsersModule can import it and SessionsModule both. */
@Module({
  imports: [RedisModule],
  providers: [AccessRevocations, SessionEnding, LoginAttempts],
  exports: [AccessRevocations, SessionEnding, LoginAttempts],
})
export class SessionEndingModule {}
