import { DockerExit } from './docker-exit.ts';

/** An image's name at a registry. */
export interface ImageReference {
  /** `host[:port]` */
  readonly registry: string;
  /** Path at the registry. */
  readonly repository: string;
  readonly tag: string;
  /** As given, with the tag filled in: `host/repository:tag` or `repository:tag`. */
  readonly name: string;
}

const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const pattern = new RegExp(
  `^(?:([A-Za-z0-9.-]+(?::\\d+)?)/)?(${component}(?:/${component})*)(?::(\\w[\\w.-]{0,127}))?$`,
);

/**
 * Reads `[host[:port]/]repository[:tag]`; without a tag it is `latest`, without a host Docker Hub.
 * @throws DockerExit in docker's words where it isn't one.
 */
export function parseReference(text: string): ImageReference {
  const match = pattern.exec(text);
  if (match === null) {
    const isUpper = /[A-Z]/.test(text.replace(/:[^/]*$/, ''));
    throw new DockerExit(`invalid reference format${isUpper ? ': repository name must be lowercase' : ''}`);
  }
  const [, first, rest = '', tag = 'latest'] = match;
  // A first part without a dot, a colon or the name localhost belongs to the path.
  const isHost = first !== undefined && (/[.:]/.test(first) || first === 'localhost');
  const repository = isHost || first === undefined ? rest : `${first}/${rest}`;
  const prefix = isHost ? `${first}/` : '';
  return {
    registry: isHost ? first : 'docker.io',
    repository,
    tag,
    name: `${prefix}${repository}:${tag}`,
  };
}
