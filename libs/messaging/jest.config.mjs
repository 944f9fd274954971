import preset from '../../jest.preset.mjs';

/** These tests wait for leases, back-off and other processes more than they work. */
export default { ...preset, maxWorkers: 3 };
