import { ask, follow } from './session.js';

/* What the page asks of the API, in its own terms. */

const query = (asked) => {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(asked))
    for (const each of Array.isArray(value) ? value : [value])
      if (each !== undefined && each !== '') parameters.append(name, each);
  return parameters;
};

/** A page of the sites that one may see, the newest first. */
export const sites = (cursor, signal) => ask(`/api/v1/sites?${query({ cursor })}`, { signal });

export class Site {
  constructor(id) {
    this.path = `/api/v1/sites/${encodeURIComponent(id)}`;
  }

  about = (signal) => ask(this.path, { signal });
  timeseries = (asked, signal) => this.report('timeseries', asked, signal);
  breakdown = (asked, signal) => this.report('breakdown', asked, signal);
  funnel = (asked) => this.report('funnel', asked);
  realtime = (signal) => follow(`${this.path}/realtime/stream`, signal);

  report(name, asked, signal) {
    return ask(`${this.path}/reports/${name}?${query(asked)}`, { signal });
  }
}
