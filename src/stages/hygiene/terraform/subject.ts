import type { DeployFacts } from '../repository.ts';
import type { Folder } from './folder.ts';
import { type Resource, resourcesIn } from './resource.ts';

/** What the Terraform rules look at. */
export interface Terraform {
  readonly folders: readonly Folder[];
  readonly facts: DeployFacts;
  /** Names of the ECR repositories that the deploy's containers have their images of; undefined where not known. */
  readonly deployedRepositories: readonly string[] | undefined;
}

/** All resources of these types, folder by folder. */
export function resourcesOf({ folders }: Terraform, ...types: readonly string[]): readonly Resource[] {
  return folders.flatMap((folder) => resourcesIn(folder, ...types));
}
