// What the package offers, read off its types: the members of its classes and interfaces.
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** The members of every exported class and interface, and the names of what else there is to call. */
export function surface() {
  const main = fileURLToPath(new URL('../dist/seriatim.d.ts', import.meta.url));
  const program = ts.createProgram([main], { module: ts.ModuleKind.Node20, skipLibCheck: true });
  const checker = program.getTypeChecker();
  const types = {};
  const values = [];
  for (const exported of checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(main)))) {
    const it = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const named = (symbols) => symbols.filter((of) => isPublic(of)).map((of) => of.name);
    if (it.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface)) {
      const members = checker.getDeclaredTypeOfSymbol(it).getProperties();
      const statics = it.flags & ts.SymbolFlags.Class ? checker.getTypeOfSymbol(it).getProperties() : [];
      types[exported.name] = [...new Set(named([...members, ...statics]))].sort();
    } else if (it.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Variable)) {
      values.push(exported.name);
    }
  }
  return { types, values: values.sort() };
}

/** No symbol of JavaScript, no private name, and not the prototype of a class. */
function isPublic(symbol) {
  return /^[a-z]\w*$/i.test(symbol.name) && symbol.name !== 'prototype';
}
