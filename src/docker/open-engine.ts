import type { ContainerEngine, EngineSettings, EngineVersion } from './engine.ts';

/**
 * The command line of the engine that was found, with logins of our own, and none at `registryHost` yet. Only what
 * it needs is loaded.
 */
export async function openEngine(
  { name, buildx }: EngineVersion,
  settings: EngineSettings,
  registryHost: string,
): Promise<ContainerEngine> {
  if (name === 'docker') {
    const { Docker } = await import('./docker.ts');
    return await Docker.create(settings, registryHost, buildx !== undefined);
  }
  if (name === 'nerdctl') {
    const { Nerdctl } = await import('./nerdctl.ts');
    return await Nerdctl.create(settings, registryHost);
  }
  const { ContainersEngine } = await import('./containers-engine.ts');
  const program =
    name === 'podman' ? (await import('./podman.ts')).podman : (await import('./buildah.ts')).buildah;
  return await ContainersEngine.create(program, settings, registryHost);
}
