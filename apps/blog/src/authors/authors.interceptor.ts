import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { from, mergeMap } from 'rxjs';
import { AuthorsClient } from './authors.client.ts';

interface Authored {
  authorId: string;
}

/** What leaves with an `authorId`, by itself or in a page, leaves with its `author`. GraphQL has the gateway join them instead. */
@Injectable()
export class AuthorsInterceptor implements NestInterceptor {
  constructor(private readonly authors: AuthorsClient) {}

  intercept(context: ExecutionContext, next: CallHandler) {
    if (context.getType() !== 'http') return next.handle();
    return next.handle().pipe(mergeMap((body) => from(this.withAuthors(body))));
  }

  private async withAuthors(body: unknown): Promise<unknown> {
    if (isPage(body)) return { ...body, items: await this.named(body.items) };
    return isAuthored(body) ? (await this.named([body]))[0] : body;
  }

  private async named(items: Authored[]): Promise<object[]> {
    const authors = await this.authors.of(items.map(({ authorId }) => authorId));
    return items.map((item) => ({ ...item, author: authors.get(item.authorId) }));
  }
}

const isAuthored = (body: unknown): body is Authored => typeof (body as Authored | undefined)?.authorId === 'string';

const isPage = (body: unknown): body is { items: Authored[] } => {
  const { items } = (body ?? {}) as { items?: unknown };
  return Array.isArray(items) && items.length > 0 && items.every(isAuthored);
};
