import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitBuildArgs } from '../../src/docker/build-args.ts';

describe('splitBuildArgs', () => {
  it('puts the values into the environment, and the names into the arguments', () => {
    expect(splitBuildArgs(['TOKEN=a=b\nc', 'EMPTY='], { PATH: '/bin' })).toEqual({
      args: ['TOKEN', 'EMPTY'],
      environment: { TOKEN: 'a=b\nc', EMPTY: '' },
    });
  });

  it.each([
    'PATH',
    'HOME',
    'http_proxy',
    'HTTPS_PROXY',
    'DOCKER_HOST',
    'LD_PRELOAD',
    'AWS_REGION',
    'a-b',
    '1A',
  ])('leaves %s where it is: the engine itself would go by it, or it is no variable', (name) => {
    expect(splitBuildArgs([`${name}=x`], {})).toEqual({ args: [`${name}=x`], environment: {} });
  });

  it('leaves a name where it is that the engine has with another value', () => {
    expect(splitBuildArgs(['A=1', 'B=2'], { A: '0', B: '2' })).toEqual({
      args: ['A=1', 'B'],
      environment: { B: '2' },
    });
  });

  it('takes the last of a name that comes twice, as engines do', () => {
    expect(splitBuildArgs(['A=1', 'A=2'], {})).toEqual({ args: ['A'], environment: { A: '2' } });
  });

  it('loses no argument, and has no hidden value in the arguments', () => {
    const name = fc.stringMatching(/^X[a-z]{1,6}$/);
    const value = fc.string({ minLength: 3 }).map((text) => `Ω${text.replaceAll('\0', '')}`);
    fc.assert(
      fc.property(fc.dictionary(name, value), (all) => {
        const lines = Object.entries(all).map(([key, text]) => `${key}=${text}`);
        const { args, environment } = splitBuildArgs(lines, {});
        expect(environment).toEqual({ ...all });
        expect(args.join()).not.toContain('Ω');
      }),
    );
  });
});
