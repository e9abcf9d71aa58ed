import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pinImage } from '../../../src/stages/deploy/pinned-image.ts';

const IMAGE = `r/app@sha256:${'a'.repeat(64)}`;

describe('pinImage', () => {
  it('changes the image of the named containers and nothing else, whatever else there is', () => {
    const container = fc.record({
      name: fc.constantFrom('app', 'proxy', 'agent'),
      image: fc.string(),
      more: fc.jsonValue(),
    });
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(container), (fields, containers) => {
        const before = { ...fields, containerDefinitions: containers };
        const { definition, changed } = pinImage(before, ['app'], IMAGE);
        const restored = {
          ...definition,
          containerDefinitions: (definition['containerDefinitions'] as { name: string }[]).map((each, i) =>
            each.name === 'app' ? { ...each, image: containers[i]?.image } : each,
          ),
        };
        expect(restored).toEqual(before);
        expect(changed).toEqual(
          containers.filter(({ name, image }) => name === 'app' && image !== IMAGE).map(({ name }) => name),
        );
      }),
    );
  });

  it('names the image before, and changes nothing where it is there already', () => {
    const definition = { family: 'app', containerDefinitions: [{ name: 'app', image: 'r/app:1' }] };
    const pinned = pinImage(definition, ['app'], IMAGE);
    expect(pinned.previous).toBe('r/app:1');
    expect(pinImage(pinned.definition, ['app'], IMAGE)).toMatchObject({ changed: [], previous: undefined });
  });

  it('bears a task definition without containers', () => {
    expect(pinImage({ family: 'x' }, ['app'], IMAGE)).toMatchObject({ changed: [] });
  });
});
