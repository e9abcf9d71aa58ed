/** What a .dockerignore leaves of a build context. */
export interface Dockerignore {
  /** Whether docker sends a path, given from the context's folder and without a `/` at its end. */
  readonly isSent: (path: string) => boolean;
  /** Some pattern (`!…`) brings back what others leave out, so that what is in a folder may be sent without it. */
  readonly reopens: boolean;
}

/** Takes a .dockerignore apart, by docker's own rules. A pattern that can't be matched with takes nothing out. */
export async function parseDockerignore(text: string): Promise<Dockerignore> {
  if (text.trim() === '') return { isSent: () => true, reopens: false };
  const { default: dockerignore } = await import('@balena/dockerignore');
  const lines = text.split('\n').filter((line) => isPattern(line, dockerignore.default));
  const filter = dockerignore.default().add(lines).createFilter();
  return { isSent: (path) => filter(path), reopens: /^[ \t\ufeff]*!/m.test(text) };
}

/** Whether a line can be matched with at all: an unclosed `[` can't, and docker will say so when it builds. */
function isPattern(line: string, dockerignore: typeof import('@balena/dockerignore').default): boolean {
  try {
    dockerignore().add(line).createFilter()('x');
    return true;
  } catch {
    return false;
  }
}
