import type { ContainersProgram } from './containers-engine.ts';

/** podman: its `build` keeps each step's layer, and takes it again, by itself. */
export const podman: ContainersProgram = { name: 'podman', buildOptions: [] };
