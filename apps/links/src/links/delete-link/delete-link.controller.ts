import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers, IfMatch, type SeenVersion } from '@cairn/http';
import { Controller, Delete, Param } from '@nestjs/common';
import { CodeSchema } from '../link.dto.ts';
import { LinkNotFound, NotYourLink } from '../link.errors.ts';
import { DeleteLinkHandler } from './delete-link.handler.ts';

@Controller('links')
export class DeleteLinkController {
  constructor(private readonly deleteLink: DeleteLinkHandler) {}

  @Delete(':code')
  @SignedIn()
  @Answers({ errors: [LinkNotFound, NotYourLink] })
  delete(
    @Caller() caller: Principal,
    @Param('code', { schema: CodeSchema }) code: string,
    @IfMatch() seen: SeenVersion,
  ): Promise<void> {
    return this.deleteLink.execute(caller, code, seen);
  }
}
