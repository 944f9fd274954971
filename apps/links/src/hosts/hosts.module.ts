import { Module, type DynamicModule } from '@nestjs/common';
import { DisableHostController } from './disable-host/disable-host.controller.ts';
import { DisableHostHandler } from './disable-host/disable-host.handler.ts';
import { EnableHostController } from './enable-host/enable-host.controller.ts';
import { EnableHostHandler } from './enable-host/enable-host.handler.ts';
import { HostRepository } from './host.repository.ts';
import { ListHostsController } from './list-hosts/list-hosts.controller.ts';
import { ListHostsQuery } from './list-hosts/list-hosts.query.ts';

/** Hosts to which no link may lead any more, by moderators. */
@Module({})
export class HostsModule {
  static with(links: DynamicModule): DynamicModule {
    return {
      module: HostsModule,
      imports: [links],
      controllers: [ListHostsController, DisableHostController, EnableHostController],
      providers: [HostRepository, ListHostsQuery, DisableHostHandler, EnableHostHandler],
    };
  }
}
