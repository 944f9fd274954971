import { counter } from '@cairn/observability';
import { Injectable } from '@nestjs/common';

/** Sums since the start, at GET /metrics: the declared cost beside what was then returned shows whether the declarations hold. */
@Injectable()
export class GraphMetrics {
  private readonly totals = { operations: 0, declared: 0, objects: 0, errors: 0, refused: 0 };

  constructor() {
    const { totals } = this;
    counter('graphql_operations_total', { help: 'Operations that were executed', read: () => totals.operations });
    counter('graphql_cost_declared_total', { help: 'Cost of those, as declared', read: () => totals.declared });
    counter('graphql_objects_total', { help: 'Objects that they returned', read: () => totals.objects });
    counter('graphql_errors_total', { help: 'Errors that they returned', read: () => totals.errors });
    counter('graphql_refused_total', { help: 'Requests of which nothing was executed', read: () => totals.refused });
  }

  add({ declared, objects, errors }: { declared: number; objects: number; errors: number }): void {
    this.totals.operations++;
    this.totals.declared += declared;
    this.totals.objects += objects;
    this.totals.errors += errors;
  }

  refuse(): void {
    this.totals.refused++;
  }
}
