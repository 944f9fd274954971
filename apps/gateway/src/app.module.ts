import { AuthModule } from '@cairn/auth';
import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigSchema, type Config } from './config.ts';
import { DocsService } from './docs/docs.service.ts';
import { WriteApiCommand } from './docs/write-api.command.ts';
import { OpenApiDocuments } from './docs/open-api-documents.service.ts';
import { Admission } from './edge/admission.service.ts';
import { Front } from './edge/front.service.ts';
import { StreamPlaces } from './edge/stream-places.service.ts';
import { ComposeCommand, PublishGraphCommand } from './graph/compose.command.ts';
import { GraphDoorService } from './graph/graph-door.service.ts';
import { GraphEventStreams } from './graph/graph-event-streams.service.ts';
import { GraphMetrics } from './graph/graph-metrics.service.ts';
import { GraphService } from './graph/graph.service.ts';
import { GraphSockets } from './graph/graph-sockets.service.ts';
import { GraphiqlService } from './graph/graphiql.service.ts';
import { ListOperationsCommand } from './graph/list-operations.command.ts';
import { PersistedQueries } from './graph/persisted-queries.service.ts';
import { SubgraphStreams } from './graph/subgraph-stream.client.ts';
import { SubgraphClient } from './graph/subgraph.client.ts';
import { HomeService } from './home/home.service.ts';
import { BucketStore } from './limits/bucket-store.client.ts';
import { RateLimits } from './limits/rate-limits.service.ts';
import { CheckInstancesJob } from './proxy/check-instances.job.ts';
import { ProxyService } from './proxy/proxy.service.ts';
import { RouteAccess } from './proxy/route-access.service.ts';
import { Upstream } from './proxy/upstream.client.ts';
import { upstreamDependency } from './proxy/upstream.dependency.ts';
import { WebSockets } from './proxy/web-sockets.service.ts';

@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    const upstreams = Object.entries(config.UPSTREAMS).map(
      ([name, upstream]) => new Upstream(name, upstream, config.ANSWER_IDLE_MS),
    );
    return {
      module: AppModule,
      imports: [AuthModule.forRoot(config)],
      providers: [
        { provide: 'config', useValue: config },
        { provide: 'upstreams', useValue: upstreams },
        BucketStore,
        RateLimits,
        OpenApiDocuments,
        RouteAccess,
        Admission,
        StreamPlaces,
        WebSockets,
        ProxyService,
        Front,
        CheckInstancesJob,
        DocsService,
        WriteApiCommand,
        HomeService,
        ComposeCommand,
        PublishGraphCommand,
        ListOperationsCommand,
        SubgraphClient,
        SubgraphStreams,
        PersistedQueries,
        GraphMetrics,
        GraphService,
        GraphiqlService,
        GraphEventStreams,
        GraphSockets,
        GraphDoorService,
        ...upstreams.map(upstreamDependency),
      ],
    };
  }
}

export const gateway = {
  name: 'gateway',
  title: 'Cairn gateway',
  config: ConfigSchema,
  module: AppModule,
  bufferedLog: true,
};
