import { ComposeCommand, PublishGraphCommand } from './compose.command.ts';
import { GraphDoorService } from './graph-door.service.ts';
import { GraphMetrics } from './graph-metrics.service.ts';
import { GraphService } from './graph.service.ts';
import { GraphiqlService } from './graphiql.service.ts';
import { ListOperationsCommand } from './list-operations.command.ts';
import { PersistedQueries } from './persisted-queries.service.ts';
import { SubgraphClient } from './subgraph.client.ts';

/** /graphql: the graph of all services. */
export const graphProviders = [
  ComposeCommand,
  PublishGraphCommand,
  ListOperationsCommand,
  SubgraphClient,
  PersistedQueries,
  GraphMetrics,
  GraphService,
  GraphiqlService,
  GraphDoorService,
];
