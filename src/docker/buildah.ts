import type { ContainersProgram } from './containers-engine.ts';

/** buildah: its `build` keeps and takes the steps' layers, and so knows `--cache-from`, only with `--layers`. */
export const buildah: ContainersProgram = { name: 'buildah', buildOptions: ['--layers'] };
