import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers, IfMatch, type SeenVersion } from '@cairn/http';
import { Controller, Delete, Param } from '@nestjs/common';
import { SlugSchema } from '../post.dto.ts';
import { NotYourPost, PostNotFound } from '../post.errors.ts';
import { DeletePostHandler } from './delete-post.handler.ts';

@Controller('posts')
export class DeletePostController {
  constructor(private readonly deletePost: DeletePostHandler) {}

  @Delete(':slug')
  @SignedIn()
  @Answers({ errors: [PostNotFound, NotYourPost] })
  delete(
    @Caller() caller: Principal,
    @Param('slug', { schema: SlugSchema }) slug: string,
    @IfMatch() seen: SeenVersion,
  ): Promise<void> {
    return this.deletePost.execute(caller, slug, seen);
  }
}
