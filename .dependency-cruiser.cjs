/** The rules of ARCHITECTURE.md that a machine can keep. */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'schemas-import-nothing-of-ours',
      severity: 'error',
      from: { path: '^schemas/' },
      to: { pathNot: ['^schemas/', '^node_modules/zod', 'node:'], dependencyTypesNot: ['core'] },
    },
    {
      name: 'crawler-knows-only-schemas',
      severity: 'error',
      from: { path: '^crawler/' },
      to: { path: '^(indexer|query|cli|deploy|test|bench)/' },
    },
    {
      name: 'indexer-knows-only-schemas',
      severity: 'error',
      from: { path: '^indexer/' },
      to: { path: '^(crawler|query|cli|deploy|test|bench)/' },
    },
    {
      name: 'query-meets-the-index-at-its-ports',
      severity: 'error',
      from: { path: '^query/' },
      to: {
        path: '^(crawler|indexer|cli|deploy|test|bench)/',
        pathNot: '^indexer/(terms/|engines/[^/]+\\.ts)',
      },
    },
    {
      name: 'nothing-imports-the-composition-root',
      severity: 'error',
      from: { pathNot: '^(cli|test|bench)/' },
      to: { path: '^(cli|test|bench)/' },
    },
    {
      name: 'only-a-registry-imports-implementations',
      severity: 'error',
      from: {
        path: '^(crawler|indexer|query|cli)/',
        pathNot: ['^crawler/(sources|extractors)/', '^indexer/engines/[^/]+/'],
      },
      to: {
        path: '^crawler/(sources|extractors)/',
        pathNot: '^crawler/(sources/(source|registry)|extractors/(extractor|registry))\\.ts',
      },
    },
    {
      name: 'implementations-do-not-import-siblings',
      severity: 'error',
      from: {
        path: '^crawler/(sources|extractors)/([^/]+)\\.ts$',
        pathNot: '^crawler/(sources|extractors)/registry\\.ts$',
      },
      to: {
        path: '^crawler/$1/[^/]+\\.ts$',
        pathNot: '^crawler/(sources/source|extractors/extractor)\\.ts$',
      },
    },
    {
      name: 'page-knows-only-schemas',
      severity: 'error',
      from: { path: '^query/web/', pathNot: '^query/web/build\\.ts$' },
      // Besides: how instants are written, and how evidence becomes CSV, both pure.
      to: {
        pathNot: [
          '^query/web/',
          '^schemas/',
          '^query/(language/instant|csv|harmless)\\.ts$',
          '^node_modules/(@?preact|zod|uplot)',
        ],
      },
    },
    {
      name: 'query-language-is-pure',
      severity: 'error',
      from: { path: '^query/language/' },
      to: {
        pathNot: ['^query/language/', '^schemas/', '^indexer/terms/', '^node_modules/zod'],
      },
    },
    {
      name: 'terms-are-pure',
      severity: 'error',
      from: { path: '^indexer/terms/' },
      // `module`: libraries that few searches need are loaded when the first does.
      to: {
        pathNot: [
          '^indexer/terms/',
          '^schemas/',
          '^node_modules/(zod|ipaddr\\.js|re2js|semver|@renovatebot/pep440)',
          '^module$',
        ],
      },
    },
    {
      name: 'extractors-touch-no-system',
      severity: 'error',
      from: { path: '^crawler/extractors/' },
      to: {
        path: '^(node:)?(fs|child_process|net|http|https|worker_threads)($|/)',
        dependencyTypes: ['core'],
      },
    },
    {
      name: 'one-file-spawns-processes',
      severity: 'error',
      from: { path: '^(crawler|indexer|query|cli)/', pathNot: '^crawler/process\\.ts$' },
      to: { path: '(^|/)(execa|child_process)($|/)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js'] },
  },
};
