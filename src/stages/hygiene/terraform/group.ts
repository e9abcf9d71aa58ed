import type { Repository } from '../repository.ts';
import type { RuleGroup } from '../rule.ts';
import { readFolders } from './folders.ts';
import { resourcesIn, textOf } from './resource.ts';
import { rules } from './rules.ts';
import type { Terraform } from './subject.ts';

/** The rules about the Terraform that makes what is deployed to. */
export const terraform: RuleGroup<Terraform> = {
  name: 'Terraform',
  read: async (repository) => {
    const folders = await readFolders(repository);
    if (folders === undefined) return undefined;
    const repositories = folders.flatMap((folder) => resourcesIn(folder, 'aws_ecr_repository'));
    // AWS is asked for what one rule alone wants to know, and only where that rule may have something to say.
    const matters = repositories.some((one) => textOf(one, 'image_tag_mutability', 'MUTABLE') !== 'MUTABLE');
    return {
      folders,
      facts: repository.facts,
      deployedRepositories: matters ? await deployedRepositories(repository) : undefined,
    };
  },
  rules,
};

/** `123456789012.dkr.ecr.us-east-1.amazonaws.com/team/app:latest` is of `team/app`. */
async function deployedRepositories(repository: Repository): Promise<readonly string[] | undefined> {
  const containers = await repository.containers();
  return containers?.flatMap(({ image }) => {
    const name = image?.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
    return name?.includes('/') ? [name.slice(name.indexOf('/') + 1)] : [];
  });
}
