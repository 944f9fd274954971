import { element } from './elements.js';

const HEIGHT = 300;
/** Pixels that a label below the chart takes. */
const LABEL_WIDTH = 76;

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/**
 * One measure over time, and that of the period before as a dashed line below it. Times are shown in the time zone of the site.
 * `times` in seconds since 1970, `before` is null where nothing is compared.
 */
export class Chart {
  constructor(place) {
    this.place = place;
    new ResizeObserver(() => this.plot?.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.shown && this.show(this.shown));
  }

  show(shown) {
    const { times, values, before, measure, label, summary } = (this.shown = shown);
    this.plot?.destroy();
    const axis = { stroke: color('--quiet'), font: '12px system-ui, sans-serif', ticks: { show: false } };
    const line = { stroke: color('--line'), width: 1 };
    const points = { show: times.length < 2 };
    this.plot = new window.uPlot(
      {
        width: this.place.clientWidth,
        height: HEIGHT,
        padding: [12, 24, 0, 0],
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, points: { size: 9 } },
        scales: {
          x: { time: true },
          y: { range: (_plot, _least, most) => [0, most > 0 ? most * 1.12 : 1] },
        },
        axes: [
          {
            ...axis,
            grid: { show: false },
            size: 32,
            splits: () => some(times, this.place.clientWidth),
            values: (_plot, at) => at.map(label),
          },
          {
            ...axis,
            grid: line,
            size: 56,
            values: (_plot, at) => at.map((value) => (measure.isWhole && value % 1 ? '' : measure.format(value))),
          },
        ],
        series: [
          {},
          { stroke: color('--before'), width: 1.5, dash: [5, 5], points, show: before !== null },
          { stroke: color('--accent'), fill: color('--wash'), width: 2.5, points },
        ],
        plugins: [tooltip(shown)],
      },
      [times, before ?? times.map(() => null), values],
      this.place,
    );
    this.place.setAttribute('role', 'img');
    this.place.setAttribute('aria-label', summary);
  }

  clear() {
    this.plot?.destroy();
    this.plot = this.shown = undefined;
  }
}

/** Every how manieth time has room for a label. */
function some(times, width) {
  const step = Math.max(1, Math.ceil(times.length / Math.max(1, Math.floor((width - 56) / LABEL_WIDTH))));
  return times.filter((_time, index) => index % step === 0);
}

const tooltip = ({ times, values, before, measure, fullLabel }) => {
  const tip = element('div', { className: 'u-tip', hidden: true });
  const show = (plot) => {
    const { idx, left } = plot.cursor;
    tip.hidden = idx == null || left < 0;
    if (tip.hidden) return;
    tip.replaceChildren(
      element('div', { className: 'before' }, fullLabel(times[idx])),
      element('div', {}, element('b', {}, measure.format(values[idx])), ` ${measure.label.toLowerCase()}`),
      ...(before
        ? [element('div', { className: 'before' }, `${measure.format(before[idx])} in the period before`)]
        : []),
    );
    const room = plot.over.clientWidth - tip.offsetWidth;
    tip.style.left = `${Math.min(Math.max(0, left + 14), Math.max(0, room))}px`;
    tip.style.top = '8px';
  };
  return { hooks: { init: (plot) => plot.over.append(tip), setCursor: show } };
};
