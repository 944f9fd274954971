import { Module } from '@nestjs/common';
import { RateLimits } from './rate-limits.service.ts';
import { RedisConnection } from './redis-connection.service.ts';

@Module({ providers: [RedisConnection, RateLimits], exports: [RedisConnection, RateLimits] })
export class RedisModule {}
