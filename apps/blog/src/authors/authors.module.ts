import { ServiceTokens } from '@cairn/auth';
import { createHttpClient } from '@cairn/resilience';
import { Module, type DynamicModule } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import type { Config } from '../config.ts';
import { AuthorsClient, IDENTITY } from './authors.client.ts';
import { AuthorsInterceptor } from './authors.interceptor.ts';
import { RenameAuthorOnUserChanged } from './on-user-changed/on-user-changed.consumer.ts';
import { ForgetAuthorOnUserDeleted } from './on-user-deleted/on-user-deleted.consumer.ts';

/** Whatever waits longer for a name is shown without it. */
const DEADLINE_MS = 500;

@Module({})
export class AuthorsModule {
  static with({ IDENTITY_URL, SERVICE_CLIENT_SECRET }: Config): DynamicModule {
    const tokens = new ServiceTokens({
      identityUrl: IDENTITY_URL,
      clientId: 'blog',
      clientSecret: SERVICE_CLIENT_SECRET,
    });
    const identity = createHttpClient({
      name: 'identity',
      origin: IDENTITY_URL,
      deadlineMs: DEADLINE_MS,
      headers: tokens.headersFor('identity'),
      onUnauthorized: () => tokens.forget('identity'),
    });
    return {
      module: AuthorsModule,
      providers: [
        { provide: IDENTITY, useValue: identity },
        AuthorsClient,
        RenameAuthorOnUserChanged,
        ForgetAuthorOnUserDeleted,
        { provide: APP_INTERCEPTOR, useClass: AuthorsInterceptor },
      ],
    };
  }
}
