import { type Expression, type Node, type Property, parse } from 'acorn';

/**
 * Puts the functions of a bundle's modules into parentheses. They run as soon as their file is loaded, and V8 compiles
 * what stands in parentheses at once, where it would otherwise read it twice. webpack writes it so; minifying undoes it.
 */
export function eagerModules(code: string): string {
  const { body } = parse(code, { ecmaVersion: 'latest', sourceType: 'module' });
  const marks = body
    .flatMap(moduleFunctions)
    .flatMap(({ start, end }) => [
      { at: start, mark: '(' },
      { at: end, mark: ')' },
    ])
    .sort((a, b) => a.at - b.at);
  const cuts = [0, ...marks.map(({ at }) => at)];
  return cuts
    .map((at, index) => `${marks[index - 1]?.mark ?? ''}${code.slice(at, cuts[index + 1])}`)
    .join('');
}

/** The arrow functions under numbers in an object that a statement declares: `var m={123:(e,t)=>{…}}`. */
function moduleFunctions(statement: Node & { readonly type: string }): readonly Expression[] {
  return declarators(statement)
    .flatMap(({ init }) => (init?.type === 'ObjectExpression' ? init.properties : []))
    .filter((property): property is Property => property.type === 'Property')
    .filter(({ key }) => key.type === 'Literal' && typeof key.value === 'number')
    .map(({ value }) => value)
    .filter(({ type }) => type === 'ArrowFunctionExpression');
}

function declarators(statement: Node) {
  if (isVariables(statement)) return statement.declarations;
  const exported = 'declaration' in statement ? (statement.declaration as Node | null) : null;
  return exported && isVariables(exported) ? exported.declarations : [];
}

function isVariables(node: Node): node is import('acorn').VariableDeclaration {
  return node.type === 'VariableDeclaration';
}
