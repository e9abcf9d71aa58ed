import type { RuleGroup } from '../rule.ts';
import { bakedSecrets } from './baked-secrets.ts';
import { buildTools } from './build-tools.ts';
import { copyOrder } from './copy-order.ts';
import { developmentServer } from './development-server.ts';
import type { Dockerfiles } from './dockerfile.ts';
import { missingProbe } from './missing-probe.ts';
import { noDockerignore } from './no-dockerignore.ts';
import { noHealthcheck } from './no-healthcheck.ts';
import { notSlim } from './not-slim.ts';
import { packageLists } from './package-lists.ts';
import { pipCache } from './pip-cache.ts';
import { ports } from './ports.ts';
import { readDockerfiles } from './read.ts';
import { recommendedPackages } from './recommended-packages.ts';
import { rootUser } from './root-user.ts';
import { shellForm } from './shell-form.ts';
import { staleLists } from './stale-lists.ts';
import { unlocked } from './unlocked.ts';
import { unpinnedBase } from './unpinned-base.ts';

/** Rules about the Dockerfile that is deployed. */
export const dockerfileRules: RuleGroup<Dockerfiles> = {
  name: 'Dockerfile',
  read: readDockerfiles,
  rules: [
    noHealthcheck,
    buildTools,
    notSlim,
    unpinnedBase,
    copyOrder,
    pipCache,
    packageLists,
    rootUser,
    bakedSecrets,
    noDockerignore,
    shellForm,
    ports,
    missingProbe,
    unlocked,
    developmentServer,
    staleLists,
    recommendedPackages,
  ],
};
