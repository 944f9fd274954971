import { Module } from '@nestjs/common';
import { KeysModule } from '../keys/keys.module.ts';
import { IssueServiceTokenController } from './issue-service-token/issue-service-token.controller.ts';
import { IssueServiceTokenHandler } from './issue-service-token/issue-service-token.handler.ts';
import { ServiceClients } from './service-clients.service.ts';

@Module({
  imports: [KeysModule],
  controllers: [IssueServiceTokenController],
  providers: [IssueServiceTokenHandler, ServiceClients],
})
export class ClientsModule {}
