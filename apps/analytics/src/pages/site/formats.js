const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });
const signed = new Intl.NumberFormat(undefined, {
  style: 'percent',
  maximumFractionDigits: 0,
  signDisplay: 'exceptZero',
});
const countries = new Intl.DisplayNames(undefined, { type: 'region', fallback: 'code' });

export const number = (value) =>
  value === null || value === undefined ? '–' : Math.abs(value) < 10_000 ? whole.format(value) : short.format(value);
export const exact = (value) => whole.format(value);
export const share = (value) => (value === null || value === undefined ? '–' : percent.format(value));
export const change = (now, before) => (before ? signed.format((now - before) / before) : undefined);
export const country = (code) => countries.of(code);

export function duration(seconds) {
  if (seconds === null || seconds === undefined) return '–';
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} m ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} m`;
}

/** The names of the times of buckets, by the clocks of the site. */
export function timeLabels(interval, timeZone) {
  const format = (options) => {
    const names = new Intl.DateTimeFormat(undefined, { timeZone, ...options });
    return (seconds) => names.format(new Date(seconds * 1_000));
  };
  const day = { day: 'numeric', month: 'short' };
  if (interval === 'minute' || interval === 'hour')
    return {
      short: format({ hour: '2-digit', minute: '2-digit' }),
      long: format({ weekday: 'short', ...day, hour: '2-digit', minute: '2-digit' }),
    };
  if (interval === 'month')
    return { short: format({ month: 'short', year: '2-digit' }), long: format({ month: 'long', year: 'numeric' }) };
  const long = format({ weekday: 'short', ...day, year: 'numeric' });
  return { short: format(day), long: interval === 'week' ? (seconds) => `Week of ${long(seconds)}` : long };
}
