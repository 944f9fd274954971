import { Module, type DynamicModule } from '@nestjs/common';
import { EraseUsersJob } from './erase-users/erase-users.job.ts';
import { ErasureRepository } from './erasure.repository.ts';
import { NoteErasureOnUserDeleted } from './on-user-deleted/on-user-deleted.consumer.ts';

/** The end of an account: what links keeps of a person goes. */
@Module({})
export class ErasuresModule {
  static with(links: DynamicModule): DynamicModule {
    return {
      module: ErasuresModule,
      imports: [links],
      providers: [ErasureRepository, NoteErasureOnUserDeleted, EraseUsersJob],
    };
  }
}
