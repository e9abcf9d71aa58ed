import { describe, expect, it } from 'vitest';
import { readComposeFile } from '../../../../src/stages/hygiene/compose/compose-file.ts';

async function servicesOf(text: string) {
  return (await readComposeFile('compose.yaml', text))?.services;
}

describe('reading a Compose file', () => {
  it('takes both forms of environment, dependencies and ports, with their lines', async () => {
    const text =
      'services:\n  a:\n    environment:\n      - X=1=2\n      - FROM_SHELL\n    depends_on: [b]\n    ports: ["80"]\n  b:\n    environment:\n      X: 1\n      Y:\n    depends_on:\n      a: { condition: service_healthy }\n    ports: ["8080:80/tcp"]\n';
    const [a, b] = (await servicesOf(text)) ?? [];
    expect(a?.environment).toEqual([{ name: 'X', value: '1=2', line: 4 }]);
    expect(a?.dependsOn).toEqual([{ name: 'b', condition: 'service_started', line: 6 }]);
    expect(a?.isPublished).toBe(false);
    expect(b?.environment).toEqual([
      { name: 'X', value: '1', line: 10 },
      { name: 'Y', value: undefined, line: 11 },
    ]);
    expect(b?.dependsOn).toEqual([{ name: 'a', condition: 'service_healthy', line: 13 }]);
    expect(b?.isPublished).toBe(true);
  });

  it('fills in defaults, and knows nothing of what the shell has to give', async () => {
    const text =
      'services:\n  a:\n    image: "${R:-x}/y:${T-1}"\n    environment: { A: "${B}", C: "${D:?}", E: $$F, G: "${H:-}" }\n';
    const [a] = (await servicesOf(text)) ?? [];
    expect(a?.image).toEqual({ text: 'x/y:1', line: 3 });
    expect(a?.environment.map(({ value }) => value)).toEqual([undefined, undefined, '$F', '']);
  });

  it('follows aliases and merges, the service’s own settings last', async () => {
    const text =
      'x-a: &a\n  image: one\n  environment: &e { A: 1 }\nservices:\n  b:\n    <<: *a\n    image: two\n    environment:\n      <<: [*e]\n      B: 2\n';
    const [b] = (await servicesOf(text)) ?? [];
    expect(b?.image).toEqual({ text: 'two', line: 7 });
    expect(b?.environment).toEqual([
      { name: 'A', value: '1', line: 3 },
      { name: 'B', value: '2', line: 10 },
    ]);
  });

  it('takes a health check that is switched off for none', async () => {
    const [a, b] =
      (await servicesOf(
        'services:\n  a: { healthcheck: { disable: true } }\n  b: { healthcheck: { test: ["CMD", "x"] } }\n',
      )) ?? [];
    expect([a?.hasHealthcheck, b?.hasHealthcheck]).toEqual([false, true]);
  });

  it.each([
    ['no YAML', 'services: [\n'],
    ['no services', 'version: "3"\n'],
    ['services that are a list', 'services: [a, b]\n'],
    ['a merge of itself', 'services: &a\n  <<: *a\n'],
    ['nested too deep', `services:\n  a: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`],
  ])('leaves alone %s', async (_, text) => {
    expect(await servicesOf(text)).toBeUndefined();
  });
});
