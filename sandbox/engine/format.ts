import { DockerExit } from './docker-exit.ts';

/**
 * Fills in a `--format` of `{{json .A.B}}` and `{{.A.B}}` parts; a name that isn't there is null and
 * `<no value>`.
 * @throws DockerExit (64, as docker) for any other template.
 */
export function format(template: string, value: unknown): string {
  return template.replace(/\{\{(.*?)\}\}/g, (_whole, action: string) => {
    const match = /^\s*(json\s+)?\.((?:\w+(?:\.\w+)*)?)\s*$/.exec(action);
    if (match === null) {
      throw new DockerExit(`template parsing error: the stand-in engine knows no {{${action}}}`, 64);
    }
    const found = (match[2] ?? '')
      .split('.')
      .filter((name) => name !== '')
      .reduce<unknown>((current, name) => memberOf(current, name), value);
    if (match[1] !== undefined) return JSON.stringify(found ?? null);
    return found === undefined
      ? '<no value>'
      : typeof found === 'object'
        ? JSON.stringify(found)
        : String(found);
  });
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
