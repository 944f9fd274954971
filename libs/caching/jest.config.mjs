import preset from '../../jest.preset.mjs';

/** These tests wait for time-outs and other processes more than they work. */
export default { ...preset, maxWorkers: 3 };
