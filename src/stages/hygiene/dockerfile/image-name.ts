/** An image as a FROM names it, variables filled in with their defaults. */
export interface ImageName {
  /** As it would be pulled, for people. */
  readonly text: string;
  /** Without tag and digest; official images by their short name (`python`), wherever they are mirrored. */
  readonly repository: string;
  /** Undefined where none is given, which means `latest`. */
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** Where Docker Hub's official images are also had under a longer name: mirrors keep its `library/`. */
const OFFICIAL = /^((index\.|registry-1\.)?docker\.io\/|mirror\.gcr\.io\/|([\w.:-]+\/)*library\/)(?=[^/]+$)/;

/** Takes an image's name apart. */
export function parseImageName(text: string): ImageName {
  const [name = '', digest] = text.split('@', 2);
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  const repository = colon === -1 ? name : name.slice(0, colon);
  return {
    text,
    repository: repository.replace(OFFICIAL, '').replace(/^(index\.)?docker\.io\//, ''),
    tag: colon === -1 ? undefined : name.slice(colon + 1),
    digest,
  };
}

/** Whether an image is for Windows, as far as its name tells. */
export function isWindowsImage({ repository, tag = '' }: ImageName): boolean {
  return /(^|\/)windows(\/|$)|nanoserver|servercore/i.test(repository) || /windows|nanoserver/i.test(tag);
}
