import { describe, expect, it } from 'vitest';
import { eagerModules } from '../../scripts/eager-modules.ts';

describe('eagerModules', () => {
  it('puts the modules of a main file into parentheses', () => {
    expect(eagerModules('var t,i={12:(e,t)=>{t.a=1},7:e=>{e.b=()=>2}};i[7]({})')).toBe(
      'var t,i={12:((e,t)=>{t.a=1}),7:(e=>{e.b=()=>2})};i[7]({})',
    );
  });

  it('puts those of a chunk into parentheses', () => {
    expect(eagerModules('export const id=86;export const modules={86:(e,t,r)=>{r(7)}};')).toBe(
      'export const id=86;export const modules={86:((e,t,r)=>{r(7)})};',
    );
  });

  it('leaves methods and all other objects as they are', () => {
    for (const code of [
      'export const modules={12(e,t){t.a=this}};',
      'const a={b:()=>1,"c":()=>2};f({3:()=>4});',
      '',
      'import{x}from"y";x();',
    ]) {
      expect(eagerModules(code)).toBe(code);
    }
  });

  it('does not change what a file does, whatever is in its strings', () => {
    const code = 'const m={1:()=>"}){`ü 😀",2:()=>m[1]()+/[)}]/.source};globalThis.said=m[2]();';
    const run = (text: string) => {
      const scope: { said?: string } = {};
      new Function('globalThis', text)(scope);
      return scope.said;
    };
    expect(eagerModules(code)).not.toBe(code);
    expect(run(eagerModules(code))).toBe(run(code));
  });
});
