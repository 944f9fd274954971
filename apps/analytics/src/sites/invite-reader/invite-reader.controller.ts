import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Controller, Param, Put } from '@nestjs/common';
import { ReaderPathSchema, type ReaderPath } from '../reader.dto.ts';
import { NotYourSite, SiteNotFound, TooManyReaders } from '../site.errors.ts';
import { InviteReaderHandler } from './invite-reader.handler.ts';

@Controller('sites')
export class InviteReaderController {
  constructor(private readonly inviteReader: InviteReaderHandler) {}

  /** Twice is as once. */
  @Put(':id/readers/:userId')
  @SignedIn()
  @Answers({ errors: [SiteNotFound, NotYourSite, TooManyReaders] })
  invite(@Caller() caller: Principal, @Param({ schema: ReaderPathSchema }) path: ReaderPath): Promise<void> {
    return this.inviteReader.execute(caller, path.id, path.userId);
  }
}
