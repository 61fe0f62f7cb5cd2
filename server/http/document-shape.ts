import { type DocumentNode, Kind, type OperationDefinitionNode, type SelectionSetNode, visit } from 'graphql';

/** How big a document is, as far as that can be said without the schema. */
export type Shape = {
  operations: number;
  /** Of the operation's own level, with those of its fragments. */
  rootFields: number;
  /** With each fragment written out wherever it is spread. */
  fields: number;
  /** How many fields are within each other, through fragments. */
  depth: number;
  /** Those of `__typename` too. */
  aliases: number;
  directives: number;
};

/** What a selection set comes to when its fragments are written out. */
type Size = { ownFields: number; fields: number; depth: number };
const NOTHING: Size = { ownFields: 0, fields: 0, depth: 0 };

const sum = (sizes: Size[]): Size => ({
  ownFields: sizes.reduce((total, { ownFields }) => total + ownFields, 0),
  fields: sizes.reduce((total, { fields }) => total + fields, 0),
  depth: Math.max(0, ...sizes.map(({ depth }) => depth)),
});

/** A fragment is measured once, however often it is spread: a bomb of fragments costs no more than its text. */
export function shapeOf(document: DocumentNode): Shape {
  const operations = document.definitions.filter(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  );
  const measure = measurer(document);
  const ofOperations = sum(operations.map(measure.selections));
  // A validation looks at fragments that nobody spreads, too.
  const all = sum([ofOperations, ...measure.fragmentsLeft()]);
  const shape: Shape = {
    operations: operations.length,
    rootFields: ofOperations.ownFields,
    fields: all.fields,
    depth: all.depth,
    aliases: 0,
    directives: 0,
  };
  visit(document, {
    Field: ({ alias }) => void (alias && shape.aliases++),
    Directive: () => void shape.directives++,
  });
  return shape;
}

function measurer({ definitions }: DocumentNode) {
  const fragments = new Map<string, SelectionSetNode>();
  for (const definition of definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION)
      fragments.set(definition.name.value, definition.selectionSet);
  const measured = new Map<string, Size>();

  function fragment(name: string): Size {
    const known = measured.get(name);
    const selectionSet = fragments.get(name);
    if (known !== undefined || selectionSet === undefined) return known ?? NOTHING;
    // One that spreads itself, which validation refuses, is not written out without end.
    measured.set(name, NOTHING);
    const size = selections({ selectionSet });
    measured.set(name, size);
    return size;
  }

  const selections = ({ selectionSet }: { selectionSet?: SelectionSetNode }): Size =>
    sum(
      (selectionSet?.selections ?? []).map((selection) => {
        if (selection.kind === Kind.FRAGMENT_SPREAD) return fragment(selection.name.value);
        const below = selections(selection);
        if (selection.kind === Kind.INLINE_FRAGMENT) return below;
        return { ownFields: 1, fields: 1 + below.fields, depth: 1 + below.depth };
      }),
    );

  const fragmentsLeft = () => [...fragments.keys()].filter((name) => !measured.has(name)).map(fragment);
  return { selections, fragmentsLeft };
}
