// Who may import what: docs/architecture.md tells it in prose, under the same numbers.

const DOMAINS = ['characters', 'images', 'models', 'loras', 'prompts', 'training', 'generation'];
const OURS = '(schema|server|client|sdk|bench|tests)';
const TEST = '(\\.test\\.tsx?|/testing\\.ts)$';

/** Put together from everything on purpose. */
const COMPOSITIONS = [
  'server/graphql.ts',
  'server/retry.ts',
  'server/retry.graphql.ts',
  'server/capabilities.graphql.ts',
  'server/main.ts',
  'server/worker.ts',
  'server/jobs/handlers.ts',
  'server/cli/',
  'server/http/',
].map((path) => `^${path}`);

/** What others may use of a domain: its rules and its GraphQL types, which have the names of what it is about. */
const MAIN_FILES = [...DOMAINS, 'references', 'outputs', 'trash', 'archives'].map(
  (name) => `/${name}\\.(graphql\\.)?ts$`,
);

/** Settings, and what they start and ask of the machine: these stand on nothing of ours. */
const LEAVES = ['^server/(env|processes|guardian|nvidia-smi)\\.ts$'];

const forbidden = [
  {
    name: 'schema-stands-alone',
    comment: 'Rule 1: schema/ imports nothing of ours.',
    from: { path: '^schema/' },
    to: { path: `^${OURS}/`, pathNot: '^schema/' },
  },
  ...DOMAINS.slice(0, -1).map((domain, place) => ({
    name: `${domain}-knows-no-later-domain`,
    comment:
      'Rule 2: characters ← images ← models ← loras ← prompts ← training ← generation. Extend the earlier type from the later domain.',
    from: { path: `^server/${domain}/`, pathNot: TEST },
    to: { path: `^server/(${DOMAINS.slice(place + 1).join('|')})/` },
  })),
  {
    name: 'main-files-only',
    comment: 'Rule 2: of another domain, use its main file (or its GraphQL types), not what is behind it.',
    from: { path: `^server/(${DOMAINS.join('|')})/`, pathNot: TEST },
    to: {
      path: `^server/(${DOMAINS.join('|')})/`,
      pathNot: ['^server/$1/', ...MAIN_FILES, '-types\\.graphql\\.ts$'],
    },
  },
  {
    name: 'foundation-knows-no-domain',
    comment: 'Rule 2: what domains stand on does not know them.',
    from: { path: '^server/([^/]+\\.ts$|(jobs|storage)/)', pathNot: [TEST, ...COMPOSITIONS] },
    to: { path: `^server/(${DOMAINS.join('|')})/` },
  },
  {
    name: 'maintenance-on-top',
    comment: 'Rule 2: only the worker starts maintenance/, and only its own commands and the API know it.',
    from: {
      pathNot: ['^server/maintenance/', '^server/(jobs/handlers|worker|graphql)\\.ts$', '^server/cli/', TEST],
    },
    to: { path: '^server/maintenance/' },
  },
  {
    name: 'maintenance-through-main-files',
    comment: 'Rule 2: maintenance/ knows main files of the domains.',
    from: { path: '^server/maintenance/', pathNot: TEST },
    to: {
      path: `^server/(${DOMAINS.join('|')})/`,
      pathNot: MAIN_FILES,
    },
  },
  {
    name: 'http-on-top',
    comment: 'Rule 2: only main.ts starts http/; others may know its types.',
    from: { path: '^server/', pathNot: ['^server/(http|cli)/', '^server/main\\.ts$', TEST] },
    to: { path: '^server/(http|cli)/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'storage-knows-no-jobs',
    comment: 'Rule 2: storage/ stands on server/*.ts alone.',
    from: { path: '^server/storage/', pathNot: TEST },
    to: { path: '^server/(jobs|faces|engines)/' },
  },
  {
    name: 'faces-stand-alone',
    comment:
      'Rule 2: faces/ stands on storage/ and server/*.ts; it knows pictures, and nobody whom they show.',
    from: { path: '^server/faces/', pathNot: TEST },
    to: { path: `^server/(${DOMAINS.join('|')}|jobs|engines|auth|maintenance|http|cli)/` },
  },
  {
    name: 'auth-stands-alone',
    comment: 'Rule 2: auth/ stands on server/*.ts alone; what it protects knows no more of it than guards.',
    from: { path: '^server/auth/', pathNot: TEST },
    to: { path: `^server/(${DOMAINS.join('|')}|jobs|storage|faces|engines|maintenance|http|cli)/` },
  },
  {
    name: 'engines-through-their-interface',
    comment:
      'Rule 3: outside of engines/ there is only engines/engine.ts, and references.ts for its toggles.',
    from: { pathNot: ['^server/engines/', '^(bench|docs)/', TEST] },
    to: { path: '^server/engines/', pathNot: '^server/engines/(engine|references)\\.ts$' },
  },
  {
    name: 'engines-for-jobs-and-capabilities',
    comment: 'Rule 3: only *.job.ts and server/capabilities.ts use engines; others may know their types.',
    from: {
      pathNot: ['^server/engines/', '\\.job\\.ts$', '^server/capabilities\\.ts$', '^(bench|docs)/', TEST],
    },
    to: { path: '^server/engines/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'engines-stand-alone',
    comment:
      'Rule 3: an engine imports its own folder, the interface, storage/, and what knows nothing of ours.',
    from: { path: '^server/engines/([^/]+)/', pathNot: TEST },
    to: {
      path: `^${OURS}/`,
      pathNot: ['^server/engines/($1/|[^/]+\\.ts$)', '^server/storage/', ...LEAVES],
    },
  },
  {
    name: 'engine-interface-takes-types-of-schema',
    comment: 'Rule 3: the interface has its types in common with schema/, and nothing else.',
    from: { path: '^server/engines/[^/]+\\.ts$', pathNot: TEST },
    to: { path: `^${OURS}/`, pathNot: ['^server/(engines|storage)/', '^schema/', ...LEAVES] },
  },
  {
    name: 'engine-interface-runs-no-schema',
    comment: 'Rule 3: only types of schema/, so that an engine does not load Drizzle.',
    from: { path: '^server/engines/[^/]+\\.ts$', pathNot: TEST },
    to: { path: '^schema/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'jobs-through-handlers',
    comment: 'Rule 4: only jobs/handlers.ts imports *.job.ts.',
    from: { pathNot: ['^server/jobs/handlers\\.ts$', TEST] },
    to: { path: '\\.job\\.ts$' },
  },
  {
    name: 'graphql-through-graphql',
    comment:
      'Rule 4: only server/graphql.ts collects *.graphql.ts; they may extend each other, and no rules depend on them.',
    from: { pathNot: ['^server/graphql\\.ts$', '\\.graphql\\.ts$', TEST] },
    to: { path: '\\.graphql\\.ts$' },
  },
  {
    name: 'client-and-sdk-through-the-api',
    comment: 'Rule 5: client/ and sdk/ know the server through schema/schema.graphql alone.',
    from: { path: '^(client|sdk)/', pathNot: TEST },
    to: { path: `^${OURS}/`, pathNot: '^$1/' },
  },
  {
    name: 'nobody-imports-client-or-sdk',
    comment: 'Rule 5: server and client never import sdk/, and nobody the client.',
    from: { path: `^${OURS}/` },
    to: { path: '^(client|sdk)/', pathNot: '^$1/' },
  },
  {
    name: 'relative-within',
    comment: 'Rule 6: inside a top-level folder paths are relative.',
    from: { path: `^${OURS}/` },
    to: { path: '^$1/', dependencyTypes: ['aliased'] },
  },
  {
    name: 'aliased-across',
    comment: "Rule 6: across top-level folders paths are the package's `#` imports.",
    from: { path: `^${OURS}/` },
    to: { path: `^${OURS}/`, pathNot: '^$1/', dependencyTypesNot: ['aliased'] },
  },
  {
    name: 'no-index',
    comment: 'Rule 6: import what you need from where it is; only sdk/ has an index.ts.',
    from: {},
    to: { path: '(^|/)index\\.tsx?$', pathNot: ['^node_modules/', '^sdk/', '^client/gql/'] },
  },
  {
    name: 'tests-are-for-tests',
    comment: 'Only tests, benchmarks and the tools of server/cli/ use tests/, and nobody a test.',
    from: { pathNot: ['^(tests|bench|server/cli)/', TEST] },
    to: { path: ['^tests/', TEST], pathNot: 'node_modules' },
  },
  {
    name: 'imports-exist',
    comment: 'The file or package is not there.',
    from: {},
    // A package of types alone has nothing that Node could find.
    to: { couldNotResolve: true, pathNot: '^@graphql-typed-document-node/core$' },
  },
];

export default {
  forbidden: forbidden.map((rule) => ({ severity: 'error', ...rule })),
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^client/dist/' },
    // Types count as imports too. They are read by TypeScript 6: dependency-cruiser does not know the interface of 7.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
