import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Body, Controller, Post } from '@nestjs/common';
import { TooManyPreviews } from '../link.errors.ts';
import {
  PreviewTargetSchema,
  TargetPreviewSchema,
  type PreviewTarget,
  type TargetPreview,
} from './preview-target.dto.ts';
import { PreviewTargetHandler } from './preview-target.handler.ts';

@Controller('links')
export class PreviewTargetController {
  constructor(private readonly previewTarget: PreviewTargetHandler) {}

  @Post('preview')
  @SignedIn()
  @Answers({ ok: TargetPreviewSchema, errors: [TooManyPreviews] })
  preview(
    @Caller() caller: Principal,
    @Body({ schema: PreviewTargetSchema }) { url }: PreviewTarget,
  ): Promise<TargetPreview> {
    return this.previewTarget.execute(caller, url);
  }
}
