import { Module } from '@nestjs/common';
import { CommentsModule } from '../comments/comments.module.ts';
import { PostsModule } from '../posts/posts.module.ts';
import { ReactionsModule } from '../reactions/reactions.module.ts';
import { EraseUsersJob } from './erase-users/erase-users.job.ts';
import { ErasureRepository } from './erasure.repository.ts';
import { NoteErasureOnUserDeleted } from './on-user-deleted/on-user-deleted.consumer.ts';

/** The end of an account: what blog keeps of a person goes. */
@Module({
  imports: [PostsModule, CommentsModule, ReactionsModule],
  providers: [ErasureRepository, NoteErasureOnUserDeleted, EraseUsersJob],
})
export class ErasuresModule {}
