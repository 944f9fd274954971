/** What the page loads, by the last part of its address: our own files in `site`, and two of uPlot. */
export const OWN_ASSETS = [
  ...(['analytics.css', 'icon.svg', 'chart.js', 'elements.js', 'formats.js'] as const),
  ...(['lists.js', 'main.js', 'reports.js', 'session.js', 'site.js', 'sites.js', 'view.js'] as const),
] as const;
export type OwnAsset = (typeof OWN_ASSETS)[number];
export const ASSETS = [...OWN_ASSETS, 'uplot.js', 'uplot.css'] as const;
export type Asset = (typeof ASSETS)[number];
