import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigSchema, type Config } from './config.ts';
import { DocsService } from './docs/docs.service.ts';
import { OpenApiDocuments } from './docs/open-api-documents.service.ts';
import { EdgeService } from './edge/edge.service.ts';
import { HomeService } from './home/home.service.ts';
import { ProxyService } from './proxy/proxy.service.ts';
import { upstreamDependency } from './proxy/upstream.dependency.ts';
import { Upstream } from './proxy/upstream.client.ts';

@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    const upstreams = Object.entries(config.UPSTREAMS).map(([name, upstream]) => new Upstream(name, upstream));
    return {
      module: AppModule,
      providers: [
        { provide: 'config', useValue: config },
        { provide: 'upstreams', useValue: upstreams },
        EdgeService,
        ProxyService,
        OpenApiDocuments,
        DocsService,
        HomeService,
        ...upstreams.map(upstreamDependency),
      ],
    };
  }
}

export const gateway = { name: 'gateway', title: 'Cairn gateway', config: ConfigSchema, module: AppModule };
